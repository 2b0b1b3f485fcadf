import { randomUUID } from "node:crypto";
import type { AgentParams, AgentWaitParams } from "../../contract/index.ts";
import { readImages } from "../chat/attachments.ts";
import { readReset, SESSION_STARTED_PROMPT } from "../chat/directives.ts";
import { maySend } from "../chat/send-policy.ts";
import { stampMessage, userTimeZone } from "../chat/stamp.ts";
import { describeThrown } from "../errors.ts";
import { executeRun, type RunOrder, type RunResult } from "../runs/execute.ts";
import { entryOf } from "../runs/room.ts";
import type { RunService } from "../runs/service.ts";
import { defaultAgentId, normalizeAgentId } from "../sessions/agents.ts";
import { agentTurnEntry } from "../sessions/agent-entry.ts";
import { asEntry } from "../sessions/entry.ts";
import { type JsonRecord, trimmedOrNone } from "../sessions/json.ts";
import { agentMainKey, parseAgentKey } from "../sessions/key.ts";
import { thinkingLevel } from "../sessions/levels.ts";
import { migrateKey, type SessionTarget } from "../store/target.ts";
import { resetSession } from "./sessions-write.ts";
import {
  failure,
  invalidRequest,
  type MethodCaller,
  type MethodHandler,
  type MethodOutcome,
  type MethodTable,
  success,
} from "./types.ts";

const CHANNELS = new Set([
  "last",
  "webchat",
  "telegram",
  "whatsapp",
  "discord",
  "irc",
  "googlechat",
  "slack",
  "signal",
  "imessage",
]);
const NO_SESSION = "Pass --to <E.164>, --session-id, or --agent to choose a session";

const refuse = (why: string): MethodOutcome => invalidRequest(`invalid agent params: ${why}`);

/** The session a run is for; a run by session id alone may have no key. */
interface Chosen {
  readonly key: string | undefined;
  readonly sessionId: string | undefined;
}

/** What is wrong with who is asked, before anything is looked up. */
function refuseAddress(runs: RunService, params: AgentParams): MethodOutcome | undefined {
  for (const hint of [params.channel, params.replyChannel]) {
    const channel = trimmedOrNone(hint)?.toLowerCase();
    if (channel !== undefined && !CHANNELS.has(channel)) return refuse(`unknown channel: ${channel}`);
  }
  const agentId = trimmedOrNone(params.agentId);
  const key = trimmedOrNone(params.sessionKey);
  const known = runs.room.sessions.agents();
  if (agentId !== undefined && !known.includes(normalizeAgentId(agentId))) {
    return refuse(`unknown agent id "${params.agentId}"`);
  }
  if (key === undefined) return undefined;
  const parsed = parseAgentKey(key);
  if (key.toLowerCase().startsWith("agent:") && parsed === undefined) {
    return refuse(`malformed session key "${key}"`);
  }
  const owner = normalizeAgentId(parsed?.agentId ?? defaultAgentId({}));
  if (agentId !== undefined && owner !== normalizeAgentId(agentId)) {
    return refuse(`agent "${params.agentId}" does not match session key agent "${owner}"`);
  }
  return undefined;
}

function keyOfSessionId(runs: RunService, sessionId: string): string | undefined {
  for (const [key, { entry }] of runs.room.sessions.combined())
    if (entry["sessionId"] === sessionId) return key;
  return undefined;
}

/** The session that was asked for: by key, by agent, by id, or the main one when only a recipient is named. */
function chooseSession(runs: RunService, params: AgentParams): Chosen | undefined {
  const { sessions } = runs.room;
  const sessionKey = trimmedOrNone(params.sessionKey);
  const agentId = trimmedOrNone(params.agentId);
  const sessionId = trimmedOrNone(params.sessionId);
  if (sessionKey !== undefined) return { key: sessionKey, sessionId };
  if (agentId !== undefined) {
    const key = sessions.config.session?.scope === "global" ? "global" : agentMainKey(agentId);
    return { key, sessionId };
  }
  if (sessionId !== undefined) return { key: keyOfSessionId(runs, sessionId), sessionId };
  if (trimmedOrNone(params.to) !== undefined) return { key: "main", sessionId: undefined };
  return undefined;
}

/** Writes the entry with which the run begins. @returns the session's id, or a refusal. */
async function beginSession(
  runs: RunService,
  target: SessionTarget,
  params: AgentParams,
): Promise<{ sessionId: string } | { refusal: MethodOutcome }> {
  const { sessions, now } = runs.room;
  if (!maySend(sessions.config, target.key, entryOf(sessions, target))) {
    return { refusal: invalidRequest("send blocked by session policy") };
  }
  const entry = await sessions.change(target.path, (draft) => {
    const before = asEntry(migrateKey(draft, target));
    const begun = agentTurnEntry(sessions.config, target, before, params, randomUUID(), now());
    draft.set(target.key, begun);
    return begun;
  });
  return { sessionId: String(entry["sessionId"]) };
}

function describeResult(result: RunResult, sessionId: string, durationMs: number): JsonRecord {
  const { spent, last, model, error } = result;
  const text = error ?? result.text;
  const { provider, model: modelName } = model;
  const counted = last ?? { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, totalTokens: 0 };
  const { input, output, cacheRead, cacheWrite, totalTokens } = counted;
  const lastCallUsage = { input, output, cacheRead, cacheWrite, total: totalTokens };
  const known =
    last === undefined
      ? { lastCallUsage }
      : { usage: spent, lastCallUsage, promptTokens: input + cacheRead + cacheWrite };
  return {
    payloads: text === "" ? [] : [{ text, mediaUrl: null }],
    meta: {
      durationMs,
      agentMeta: { sessionId, provider, model: modelName, ...known },
      aborted: result.status === "aborted",
    },
  };
}

/** Lets the run wait for its session and tells how it ended. Never rejects. */
function runInLane(
  runs: RunService,
  lane: string,
  runId: string,
  order: (canStart: true) => RunOrder,
): Promise<MethodOutcome> {
  const fail = (error: unknown): MethodOutcome => {
    const summary = typeof error === "string" ? error : String(error);
    const refused = failure("UNAVAILABLE", summary);
    return refused.ok ? refused : { ...refused, payload: { runId, status: "error", summary } };
  };
  return new Promise((resolve) => {
    runs.enqueue(lane, {
      run: async () => {
        const startedAt = runs.room.now();
        const made = order(true);
        try {
          const result = await executeRun(runs.room, made);
          if (result.neverStarted) return resolve(fail(result.error ?? "the run was aborted"));
          const described = describeResult(result, made.sessionId, runs.room.now() - startedAt);
          resolve(success({ runId, status: "ok", summary: "completed", result: described }));
        } catch (error) {
          made.run.reporter.failed(describeThrown(error), runs.room.now());
          resolve(fail(error));
        }
      },
      drop: (reason) => {
        order(true).run.reporter.failed(reason, runs.room.now());
        resolve(fail(`Error: ${reason}`));
      },
    });
  });
}

async function startRun(runs: RunService, params: AgentParams, caller: MethodCaller): Promise<MethodOutcome> {
  const { sessions, now } = runs.room;
  const runId = params.idempotencyKey;
  const answered = runs.answers.get(`agent:${runId}`);
  if (answered !== undefined) return answered;
  const read = readImages(params.attachments);
  if ("refusal" in read) return invalidRequest(read.refusal);
  const refusal = refuseAddress(runs, params);
  if (refusal !== undefined) return refusal;
  if (runs.isClosing) return failure("UNAVAILABLE", "the gateway is stopping");
  if (!runs.hasRoom) return failure("UNAVAILABLE", "too many messages are waiting; try again in a moment");
  const chosen = chooseSession(runs, params);
  const accepted = { runId, status: "accepted", acceptedAt: now() };
  if (chosen === undefined) {
    const summary = `Error: ${NO_SESSION}`;
    const refused = failure("UNAVAILABLE", summary);
    const last = refused.ok ? refused : { ...refused, payload: { runId, status: "error", summary } };
    runs.answers.set(`agent:${runId}`, last);
    return { ok: true, payload: accepted, later: Promise.resolve(last) };
  }
  // Twins that come while the session is being prepared find this.
  runs.answers.set(`agent:${runId}`, success(accepted));
  const forget = (outcome: MethodOutcome): MethodOutcome => {
    runs.answers.delete(`agent:${runId}`);
    return outcome;
  };
  const target = chosen.key === undefined ? undefined : sessions.target(chosen.key);
  let message = params.message.trim();
  const reset = readReset(message);
  let isStamped = true;
  if (
    reset !== undefined &&
    target !== undefined &&
    trimmedOrNone(params.sessionKey ?? params.agentId) !== undefined
  ) {
    const done = await sessions.alone(target, () => resetSession(sessions, target, { key: target.key }));
    if (!done.ok) return forget(done);
    isStamped = reset.rest !== "";
    message = isStamped ? reset.rest : SESSION_STARTED_PROMPT;
  }
  if (isStamped) {
    const zone = userTimeZone(sessions.config.agents?.defaults?.["userTimezone"]);
    message = stampMessage(message, now(), zone);
  }
  const begun = target === undefined ? undefined : await beginSession(runs, target, params);
  if (begun !== undefined && "refusal" in begun) return forget(begun.refusal);
  const sessionId = begun?.sessionId ?? chosen.sessionId ?? randomUUID();
  const timeoutMs = params.timeout === undefined ? undefined : params.timeout * 1000;
  const run = runs.accept({
    runId,
    key: target?.key,
    requestedKey: chosen.key ?? sessionId,
    isChat: false,
    timeoutMs: timeoutMs ?? 600_000,
  });
  if (caller.caps?.includes("tool-events")) run.reporter.addToolRecipient(caller.connId);
  const order: RunOrder = {
    run,
    target: target ?? sessions.target(`agent:${defaultAgentId(sessions.config)}:${sessionId}`),
    sessionId,
    prompt: message,
    images: read.images,
    thinking: params.thinking === undefined ? undefined : thinkingLevel(params.thinking),
    extraSystemPrompt: params.extraSystemPrompt,
    timeoutMs,
    marks: { begun: {}, ended: { abortedLastRun: false } },
    isStored: target !== undefined,
    reportsPrompt: false,
  };
  const later = runInLane(runs, target?.key ?? `session ${sessionId}`, runId, () => order).then((outcome) => {
    runs.room.active.remove(run);
    runs.answers.set(`agent:${runId}`, outcome);
    return outcome;
  });
  return { ok: true, payload: accepted, later };
}

async function waitForRun(runs: RunService, params: AgentWaitParams): Promise<MethodOutcome> {
  const runId = params.runId.trim();
  const timeoutMs = params.timeoutMs ?? 30_000;
  const ended = await runs.room.jobs.wait(runId, timeoutMs);
  return success({ runId, ...(ended ?? { status: "timeout" }) });
}

/** The methods of family `agent` (upstream-2026.2.17 section 6). `agent` answers twice with one id. */
export function createAgentMethods(runs: RunService): MethodTable {
  return new Map<string, MethodHandler>([
    ["agent", (params, caller) => startRun(runs, params as AgentParams, caller)],
    ["agent.wait", (params) => waitForRun(runs, params as AgentWaitParams)],
  ]);
}
