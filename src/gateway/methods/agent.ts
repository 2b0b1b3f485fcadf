import type { AgentParams, AgentWaitParams } from "../../contract/index.ts";
import { type ImageBlock, readImages } from "../chat/attachments.ts";
import { readReset, SESSION_STARTED_PROMPT } from "../chat/directives.ts";
import { stampMessage, userTimeZone } from "../chat/stamp.ts";
import { describeThrown } from "../errors.ts";
import type { ActiveRun } from "../runs/active-runs.ts";
import { deliveryFault, planDelivery } from "../runs/delivery.ts";
import { executeRun, type RunOrder, type RunResult } from "../runs/execute.ts";
import type { RunService } from "../runs/service.ts";
import { defaultAgentId } from "../sessions/agents.ts";
import { type JsonRecord, trimmedOrNone, withoutUndefined } from "../sessions/json.ts";
import { agentMainKey } from "../sessions/key.ts";
import { thinkingLevel } from "../sessions/levels.ts";
import type { SessionTarget } from "../store/target.ts";
import { addressFault, chooseSession, type ChosenSession } from "./agent-address.ts";
import { answerOf, completedRun, failedRun } from "./agent-answers.ts";
import { beginSession, type BegunSession } from "./agent-session.ts";
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

const NO_SESSION = "Error: Pass --to <E.164>, --session-id, or --agent to choose a session";
/** The lane of runs that other runs started; they take as long as they need. */
const SUBAGENT_LANE = "subagent";

/** What one request comes to, once its session is known. */
interface AcceptedRun {
  readonly params: AgentParams;
  readonly chosen: ChosenSession;
  readonly target: SessionTarget | undefined;
  readonly begun: BegunSession;
  readonly message: string;
  readonly images: readonly ImageBlock[];
}

/** Lets the run wait for its session and tells how it ended. Never rejects. */
function runInLane(
  runs: RunService,
  lane: string,
  order: RunOrder,
  complete: (result: RunResult, durationMs: number) => MethodOutcome,
): Promise<MethodOutcome> {
  const { runId, reporter } = order.run;
  const { jobs, now } = runs.room;
  /** @param told to clients; whoever waits for the run hears it too. */
  const fail = (told: string, summary: string): MethodOutcome => {
    reporter.failed(told, now());
    jobs.settle(runId, { status: "error", endedAt: now(), error: told });
    return failedRun(runId, summary);
  };
  return new Promise((resolve) => {
    runs.enqueue(lane, {
      id: runId,
      run: async () => {
        const startedAt = now();
        try {
          const result = await executeRun(runs.room, order);
          if (result.neverStarted) return resolve(failedRun(runId, result.error ?? "the run was aborted"));
          resolve(complete(result, now() - startedAt));
        } catch (error) {
          resolve(fail(describeThrown(error), String(error)));
        }
      },
      dropped: (reason) => resolve(fail(reason, `Error: ${reason}`)),
    });
  });
}

/** Who really speaks, as a transcript keeps it; blank members are none. */
function provenanceOf({ inputProvenance }: AgentParams): JsonRecord | undefined {
  if (inputProvenance === undefined) return undefined;
  const { kind, sourceSessionKey, sourceChannel, sourceTool } = inputProvenance;
  return withoutUndefined({
    kind,
    sourceSessionKey: trimmedOrNone(sourceSessionKey),
    sourceChannel: trimmedOrNone(sourceChannel),
    sourceTool: trimmedOrNone(sourceTool),
  });
}

function timeoutOf({ timeout, lane }: AgentParams): number | undefined {
  if (timeout !== undefined) return timeout * 1000;
  return lane?.trim() === SUBAGENT_LANE ? 0 : undefined;
}

function orderOf(runs: RunService, run: ActiveRun, accepted: AcceptedRun): RunOrder {
  const { params, target, begun, message, images } = accepted;
  const { sessions } = runs.room;
  const { sessionId } = begun;
  return {
    run,
    target: target ?? sessions.target(`agent:${defaultAgentId(sessions.config)}:${sessionId}`),
    sessionId,
    prompt: message,
    images,
    provenance: provenanceOf(params),
    thinking: params.thinking === undefined ? undefined : thinkingLevel(params.thinking),
    extraSystemPrompt: params.extraSystemPrompt,
    timeoutMs: timeoutOf(params),
    marks: { begun: {}, ended: { abortedLastRun: false } },
    isStored: target !== undefined,
    reportsPrompt: false,
  };
}

/** Starts an accepted run. @returns its second answer, when the run has ended. */
async function conductRun(
  runs: RunService,
  accepted: AcceptedRun,
  caller: MethodCaller,
): Promise<MethodOutcome> {
  const { params, chosen, target, begun } = accepted;
  const runId = params.idempotencyKey;
  const { sessionId } = begun;
  const run = runs.accept({
    runId,
    key: target?.key,
    requestedKey: chosen.key ?? sessionId,
    isChat: false,
    timeoutMs: timeoutOf(params) ?? 600_000,
  });
  if (caller.caps?.includes("tool-events")) run.reporter.addToolRecipient(caller.connId);
  const delivery = planDelivery(chosen.isNamed ? begun.entry : undefined, params);
  const isMain = target?.key === "global" || target?.key === agentMainKey(target?.agentId ?? "");
  const order = orderOf(runs, run, accepted);
  const complete = (result: RunResult, durationMs: number): MethodOutcome => {
    const fault = delivery && deliveryFault(delivery, chosen.isNamed && isMain, answerOf(result) !== "");
    if (fault !== undefined) return failedRun(runId, fault);
    return completedRun(runId, result, sessionId, durationMs);
  };
  const outcome = await runInLane(runs, target?.key ?? `session ${sessionId}`, order, complete);
  runs.room.active.remove(run);
  return outcome;
}

async function startRun(runs: RunService, params: AgentParams, caller: MethodCaller): Promise<MethodOutcome> {
  const { sessions, now } = runs.room;
  const runId = params.idempotencyKey;
  const answerKey = `agent:${runId}`;
  const answered = runs.answers.get(answerKey);
  if (answered !== undefined) return answered;
  // Two runs of one id could not be told apart; the answer may be forgotten while its run goes on.
  const known = runs.room.active.get(runId);
  if (known !== undefined) return success({ runId, status: "accepted", acceptedAt: known.acceptedAt });
  const read = readImages(params.attachments);
  if ("refusal" in read) return invalidRequest(read.refusal);
  const wrong = addressFault(sessions, params);
  if (wrong !== undefined) return invalidRequest(`invalid agent params: ${wrong}`);
  const chosen = chooseSession(sessions, params);
  const target = chosen?.key === undefined ? undefined : sessions.target(chosen.key);
  const refusal = runs.refusalFor(target?.key);
  if (refusal !== undefined) return failure("UNAVAILABLE", refusal);
  const accepted = { runId, status: "accepted", acceptedAt: now() };
  // Twins that come while the session is being prepared find this.
  runs.answers.set(answerKey, success(accepted));
  try {
    const outcome = await launch(runs, params, caller, { accepted, chosen, target, images: read.images });
    if (!outcome.ok) runs.answers.delete(answerKey);
    return outcome;
  } catch (error) {
    // Nothing runs: whoever asks again must not hear that it was accepted.
    runs.answers.delete(answerKey);
    throw error;
  }
}

/** A request that passed, while its session is being prepared. */
interface Launch {
  /** Its first answer. */
  readonly accepted: JsonRecord;
  readonly chosen: ChosenSession | undefined;
  readonly target: SessionTarget | undefined;
  readonly images: readonly ImageBlock[];
}

/** Prepares the session of a request and starts its run. @throws when the store cannot be written. */
async function launch(
  runs: RunService,
  params: AgentParams,
  caller: MethodCaller,
  { accepted, chosen, target, images }: Launch,
): Promise<MethodOutcome> {
  const { sessions, now } = runs.room;
  const runId = params.idempotencyKey;
  const answerTwice = (ended: Promise<MethodOutcome>): MethodOutcome => {
    const later = ended.then((outcome) => {
      runs.answers.set(`agent:${runId}`, outcome);
      return outcome;
    });
    return { ok: true, payload: accepted, later };
  };
  if (chosen === undefined) return answerTwice(Promise.resolve(failedRun(runId, NO_SESSION)));
  let message = params.message.trim();
  const reset = readReset(message);
  let isStamped = true;
  if (reset !== undefined && target !== undefined && chosen.isNamed) {
    const done = await sessions.alone(target, () => resetSession(sessions, target, { key: target.key }));
    if (!done.ok) return done;
    isStamped = reset.rest !== "";
    message = isStamped ? reset.rest : SESSION_STARTED_PROMPT;
  }
  if (isStamped) {
    const zone = userTimeZone(sessions.config.agents?.defaults?.["userTimezone"]);
    message = stampMessage(message, now(), zone);
  }
  const begun = await beginSession(sessions, chosen, target, params);
  if ("refusal" in begun) return invalidRequest(begun.refusal);
  if (begun.fault !== undefined) return answerTwice(Promise.resolve(failedRun(runId, begun.fault)));
  const run = { params, chosen, target, begun, message, images };
  return answerTwice(conductRun(runs, run, caller));
}

async function waitForRun(
  runs: RunService,
  params: AgentWaitParams,
  gone: AbortSignal | undefined,
): Promise<MethodOutcome> {
  const runId = params.runId.trim();
  const timeoutMs = params.timeoutMs ?? 30_000;
  const ended = await runs.room.jobs.wait(runId, timeoutMs, gone);
  return success({ runId, ...(ended ?? { status: "timeout" }) });
}

/** The methods of family `agent` (upstream-2026.2.17 section 6). `agent` answers twice with one id. */
export function createAgentMethods(runs: RunService): MethodTable {
  return new Map<string, MethodHandler>([
    ["agent", (params, caller) => startRun(runs, params as AgentParams, caller)],
    ["agent.wait", (params, caller) => waitForRun(runs, params as AgentWaitParams, caller.gone)],
  ]);
}
