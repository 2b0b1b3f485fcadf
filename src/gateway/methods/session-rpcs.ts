import { randomUUID } from "node:crypto";
import type { SessionsHistoryParams, SessionsSendParams, SessionStatusParams } from "../../contract/index.ts";
import { boundedMessage, withinTotal } from "../chat/history.ts";
import { cleanInbound, isStopText } from "../chat/inbound-text.ts";
import { maySend } from "../chat/send-policy.ts";
import { digestOf } from "../runs/digest.ts";
import type { InboundMessage } from "../runs/handle-message.ts";
import type { Placement } from "../runs/message-queue.ts";
import { entryOf } from "../runs/room.ts";
import { BUSY, type RunService } from "../runs/service.ts";
import { ignoredBecause } from "../scheduler/activation.ts";
import { replyRoute, routeName } from "../scheduler/reply-route.ts";
import { laneMode, queueSettings } from "../scheduler/settings.ts";
import { touchedAt } from "../sessions/entry.ts";
import {
  isRecord,
  type JsonRecord,
  stringOrNone,
  trimmedOrNone,
  withoutUndefined,
} from "../sessions/json.ts";
import { defaultModel, sessionModel } from "../sessions/models.ts";
import { sessionRow } from "../sessions/row.ts";
import { parseSessionKey } from "../sessions/typed-key.ts";
import type { SessionTarget } from "../store/target.ts";
import { readMessages } from "./chat.ts";
import { resolveSession } from "./sessions-read.ts";
import {
  failure,
  invalidRequest,
  type MethodCaller,
  type MethodHandler,
  type MethodOutcome,
  type MethodTable,
  success,
} from "./types.ts";

/** A message that passed, and the session that is to hear it. */
interface Heard {
  readonly target: SessionTarget;
  readonly entry: JsonRecord | undefined;
  readonly typed: ReturnType<typeof parseSessionKey>;
  readonly text: string;
}

interface Which {
  readonly key?: string | undefined;
  readonly sessionId?: string | undefined;
}

const HISTORY_LIMIT = 100;

/** The session that is meant: one that is named by its key need not exist, one that is named by its id has to. */
async function findTarget(
  runs: RunService,
  which: Which,
): Promise<{ target: SessionTarget } | { refusal: MethodOutcome }> {
  const { sessions } = runs.room;
  const key = trimmedOrNone(which.key);
  const sessionId = trimmedOrNone(which.sessionId);
  if (key !== undefined && sessionId === undefined) return { target: sessions.target(key) };
  const outcome = await resolveSession(sessions, withoutUndefined({ key, sessionId }));
  if (!outcome.ok) return { refusal: outcome };
  const found = isRecord(outcome.payload) ? outcome.payload["key"] : undefined;
  return typeof found === "string"
    ? { target: sessions.target(found) }
    : { refusal: invalidRequest(`No session found: ${sessionId ?? key ?? ""}`) };
}

/** `sessions.history` (docs/session-rpcs.md section 1): a session's messages in pages, newest page first. */
async function history(runs: RunService, params: SessionsHistoryParams): Promise<MethodOutcome> {
  const found = await findTarget(runs, params);
  if ("refusal" in found) return found.refusal;
  const { target } = found;
  const entry = entryOf(runs.room.sessions, target);
  const stored = await readMessages(runs, target, entry);
  const before =
    params.before === undefined ? stored.length : stored.findIndex(({ id }) => id === params.before);
  if (before < 0) return invalidRequest(`No message found: ${params.before ?? ""}`);
  const asked = stored.slice(Math.max(0, before - (params.limit ?? HISTORY_LIMIT)), before);
  const shown = asked.map(({ id, message }) => {
    const bounded = boundedMessage(message, runs.room.now());
    return isRecord(bounded) && id !== undefined ? { id, ...bounded } : bounded;
  });
  // Where messages are long a page holds fewer; the next one goes on from there.
  const messages = withinTotal(shown);
  const start = before - messages.length;
  const sessionId = entry?.["sessionId"];
  const page = { messages, count: messages.length, hasMore: start > 0 };
  return success(withoutUndefined({ ok: true, key: target.key, sessionId, ...page }));
}

/** Lets a message in, and waits for the place it takes; when it could not be handled, for why. */
function place(runs: RunService, message: InboundMessage, settle: (isTaken: boolean) => void) {
  return new Promise<Placement | Extract<MethodOutcome, { ok: false }>>((resolve) => {
    let isDropped = false;
    const placed = (first: Placement): void => {
      isDropped = first.status === "dropped";
      resolve(first);
    };
    void runs.take(message, placed).then((outcome) => {
      settle(outcome.ok && !isDropped);
      resolve(outcome.ok ? { status: "ok" } : failure("UNAVAILABLE", outcome.error.message));
    });
  });
}

/** Takes on a message that a session is to hear, once for each idempotency key. */
async function takeOn(
  runs: RunService,
  params: SessionsSendParams,
  caller: MethodCaller,
  { target, entry, typed, text }: Heard,
): Promise<MethodOutcome> {
  const { key } = target;
  const { twins } = runs;
  const { now } = runs.room;
  const scope = ["sessions.send", key];
  // The session is in the scope already, however the client named it.
  const { idempotencyKey, key: _key, sessionId: _sessionId, ...payload } = params;
  const runId = randomUUID();
  const claim = twins.claim(scope, idempotencyKey, digestOf(payload), runId, now());
  if (claim === "conflict") return invalidRequest("idempotencyKey was used with another payload");
  if (claim === "full") return failure("UNAVAILABLE", BUSY);
  if (claim !== "new") return success({ ok: true, key, ...claim });
  const refusal = runs.refusalFor(key);
  if (refusal !== undefined) {
    twins.release(scope, idempotencyKey);
    return failure("UNAVAILABLE", refusal);
  }
  const timeoutMs = params.timeoutMs === 0 ? Number.POSITIVE_INFINITY : (params.timeoutMs ?? 600_000);
  const run = runs.accept({ runId, key, requestedKey: key, anySpelling: true, isChat: true, timeoutMs });
  if (caller.caps?.includes("tool-events")) run.reporter.addToolRecipient(caller.connId);
  const route = replyRoute(params, entry, typed);
  const label = caller.client?.displayName;
  const message = {
    run,
    target,
    text,
    images: [],
    thinking: params.thinking,
    sender: { id: caller.client?.id, displayName: label },
    source: { ...route, label, isWhole: true },
    route: routeName(route),
  };
  const placement = await place(runs, message, (isTaken) => {
    // What was not taken on may be tried again.
    if (isTaken) twins.settle(scope, idempotencyKey, "ok", now());
    else twins.release(scope, idempotencyKey);
  });
  return "ok" in placement ? placement : success({ ok: true, key, runId, ...placement });
}

/** `sessions.send` (docs/session-rpcs.md section 1): a message into a session by key or id. */
async function send(
  runs: RunService,
  params: SessionsSendParams,
  caller: MethodCaller,
): Promise<MethodOutcome> {
  const found = await findTarget(runs, params);
  if ("refusal" in found) return found.refusal;
  const { target } = found;
  const { key } = target;
  const { sessions } = runs.room;
  const cleaned = cleanInbound(params.message);
  if ("refusal" in cleaned) return invalidRequest(cleaned.refusal);
  if (cleaned.text.trim() === "") return invalidRequest("message or attachment required");
  const entry = entryOf(sessions, target);
  if (!maySend(sessions.config, key, entry)) return invalidRequest("send blocked by session policy");
  const typed = parseSessionKey(key, target.agentId);
  const senderId = caller.client?.id;
  const { wasMentioned } = params;
  const { text } = cleaned;
  const reason = ignoredBecause({ config: sessions.config, key: typed, entry, text, wasMentioned, senderId });
  if (reason !== undefined) return success({ ok: true, key, status: "ignored", reason });
  if (isStopText(text) || /^\/abort$/i.test(text.trim())) {
    await runs.abortChat(runs.room.active.chatRunsIn(key), "stop-command");
    return success({ ok: true, key, status: "ok" });
  }
  return await takeOn(runs, params, caller, { target, entry, typed, text });
}

/** `session.status` (docs/session-rpcs.md section 1): how one session stands, or all of them together. */
async function status(runs: RunService, params: SessionStatusParams): Promise<MethodOutcome> {
  const { sessions, active, lanes } = runs.room;
  const { config } = sessions;
  if (params.key === undefined && params.sessionId === undefined) {
    const combined = sessions.combined();
    const updatedAt = [...combined.values()].reduce(
      (newest, { entry }) => Math.max(newest, touchedAt(entry)),
      0,
    );
    const activeRuns = active.all().filter(({ startedAt }) => startedAt !== undefined).length;
    return success({
      ok: true,
      summary: { sessions: combined.size, activeRuns, pending: lanes.pending(), updatedAt },
    });
  }
  const found = await findTarget(runs, params);
  if ("refusal" in found) return found.refusal;
  const { key, agentId } = found.target;
  const entry = entryOf(sessions, found.target);
  if (entry === undefined) return invalidRequest(`No session found: ${params.key ?? params.sessionId ?? ""}`);
  const { provider, model } = sessionModel(entry, defaultModel(config, agentId));
  const running = active.startedIn(key)[0];
  return success({
    ok: true,
    key,
    session: sessionRow(config, key, entry),
    resolved: { modelProvider: provider, model },
    queue: {
      mode: laneMode(queueSettings(config, entry, stringOrNone(entry["lastChannel"])).mode),
      pending: lanes.pending(key),
    },
    ...(running?.startedAt === undefined
      ? {}
      : { run: { runId: running.runId, startedAt: running.startedAt } }),
  });
}

/** The three methods of families `sessions` that the oracle lacks. */
export function createSessionRpcs(runs: RunService): MethodTable {
  return new Map<string, MethodHandler>([
    ["sessions.history", (params) => history(runs, params as SessionsHistoryParams)],
    ["sessions.send", (params, caller) => send(runs, params as SessionsSendParams, caller)],
    ["session.status", (params) => status(runs, params as SessionStatusParams)],
  ]);
}
