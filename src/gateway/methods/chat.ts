import type {
  ChatAbortParams,
  ChatHistoryParams,
  ChatInjectParams,
  ChatSendParams,
} from "../../contract/index.ts";
import { hasAttachments, readImages } from "../chat/attachments.ts";
import { messagesOf, showHistory } from "../chat/history.ts";
import { cleanInbound, isStopText } from "../chat/inbound-text.ts";
import { maySend } from "../chat/send-policy.ts";
import { isNamedBy, type NamedSession } from "../runs/active-runs.ts";
import { entryOf, transcriptRef } from "../runs/room.ts";
import { gatewayMessage } from "../runs/messages.ts";
import type { RunService } from "../runs/service.ts";
import { type JsonRecord, withoutUndefined } from "../sessions/json.ts";
import { connectionReasons } from "../runs/connection.ts";
import { defaultModel, sessionModel } from "../sessions/models.ts";
import type { SessionTarget } from "../store/target.ts";
import { firstExisting } from "../transcripts/lines.ts";
import { statedTranscript, transcriptCandidates } from "../transcripts/paths.ts";
import {
  failure,
  invalidRequest,
  type MethodCaller,
  type MethodHandler,
  type MethodOutcome,
  type MethodTable,
  success,
} from "./types.ts";

/** Messages that history shows when nobody says how many. */
const HISTORY_LIMIT = 200;

/** The messages of a session as history shows them, with the ids of their lines. */
export async function readMessages(
  runs: RunService,
  target: SessionTarget,
  entry: JsonRecord | undefined,
): Promise<ReturnType<typeof messagesOf>> {
  const { sessions, writer, now } = runs.room;
  if (!entry?.["sessionId"]) return [];
  const found = await firstExisting(transcriptCandidates(sessions.places, transcriptRef(target, entry)));
  const tree = found === undefined ? undefined : await writer.read(found.file);
  if (tree === undefined) return [];
  const lines = tree.header === undefined ? tree.entries : [tree.header, ...tree.entries];
  return messagesOf(lines, now());
}

function levelsOf(runs: RunService, target: SessionTarget, entry: JsonRecord | undefined): JsonRecord {
  const { config } = runs.room.sessions;
  const defaults = config.agents?.defaults;
  const model = sessionModel(entry, defaultModel(config, target.agentId));
  const fallback = connectionReasons(config, model) ? "low" : "off";
  return {
    thinkingLevel: entry?.["thinkingLevel"] || defaults?.thinkingDefault || fallback,
    verboseLevel: entry?.["verboseLevel"] ?? defaults?.["verboseDefault"],
  };
}

/** `chat.history` (upstream-2026.2.17 section 2.15). Never fails for a session that is not known. */
async function history(runs: RunService, params: ChatHistoryParams): Promise<MethodOutcome> {
  const { sessions, now } = runs.room;
  const { sessionKey, limit } = params;
  const target = sessions.target(sessionKey);
  const entry = entryOf(sessions, target);
  const stored = await readMessages(runs, target, entry);
  const most = limit !== undefined && Number.isFinite(limit) ? limit : HISTORY_LIMIT;
  const messages = showHistory(
    stored.map(({ message }) => message),
    most,
    now(),
  );
  const sessionId = entry?.["sessionId"];
  return success(withoutUndefined({ sessionKey, sessionId, messages, ...levelsOf(runs, target, entry) }));
}

/** `chat.inject` (upstream-2026.2.17 section 2.17). The event comes before the answer. */
async function inject(runs: RunService, params: ChatInjectParams): Promise<MethodOutcome> {
  const { sessions, writer, outlet, now } = runs.room;
  const { sessionKey, message, label } = params;
  const target = sessions.target(sessionKey);
  const entry = entryOf(sessions, target);
  if (!entry?.["sessionId"]) return invalidRequest("session not found");
  const refuse = (why: string): MethodOutcome => failure("UNAVAILABLE", `failed to write transcript: ${why}`);
  const file = statedTranscript(sessions.places, transcriptRef(target, entry));
  if (file === undefined) return refuse("transcript path not resolved");
  const at = now();
  const body = gatewayMessage(label === undefined || label === "" ? message : `[${label}]\n\n${message}`, at);
  try {
    const [messageId] = await writer.append(file, [{ type: "message", at, message: body }]);
    outlet(
      "chat",
      { runId: `inject-${messageId}`, sessionKey, seq: 0, state: "final", message: body },
      { droppable: false },
    );
    return success({ ok: true, messageId });
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function namedSession({ room }: RunService, requested: string): NamedSession {
  return { requested, key: room.sessions.target(requested).key };
}

/** `chat.abort` (upstream-2026.2.17 section 2.18). */
async function abort(runs: RunService, params: ChatAbortParams): Promise<MethodOutcome> {
  const { sessionKey, runId } = params;
  const { active } = runs.room;
  const named = namedSession(runs, sessionKey);
  if (runId === undefined) return await abortAll(runs, named, "rpc");
  const run = active.chatRun(runId);
  if (run === undefined) return success({ ok: true, aborted: false, runIds: [] });
  if (!isNamedBy(run, named)) return invalidRequest("runId does not match sessionKey");
  const runIds = await runs.abortChat([run], "rpc");
  return success({ ok: true, aborted: true, runIds });
}

async function abortAll(
  runs: RunService,
  named: NamedSession,
  origin: "rpc" | "stop-command",
): Promise<MethodOutcome> {
  const runIds = await runs.abortChat(runs.room.active.chatRunsOf(named), origin);
  return success({ ok: true, aborted: runIds.length > 0, runIds });
}

/** `chat.send` (upstream-2026.2.17 section 2.16): checked and accepted here, handled when the answer is on its way. */
async function send(runs: RunService, params: ChatSendParams, caller: MethodCaller): Promise<MethodOutcome> {
  const { sessionKey, idempotencyKey: runId, attachments } = params;
  const { sessions, active } = runs.room;
  const cleaned = cleanInbound(params.message);
  if ("refusal" in cleaned) return invalidRequest(cleaned.refusal);
  const { text } = cleaned;
  if (text.trim() === "" && !hasAttachments(attachments))
    return invalidRequest("message or attachment required");
  const read = readImages(attachments);
  if ("refusal" in read) return invalidRequest(read.refusal);
  // A run needs a session, and one of blanks means the main one; reading such a key finds none.
  const target = sessions.target(sessionKey.trim() === "" ? "main" : sessionKey);
  if (!maySend(sessions.config, target.key, entryOf(sessions, target))) {
    return invalidRequest("send blocked by session policy");
  }
  if (isStopText(text))
    return await abortAll(runs, { requested: sessionKey, key: target.key }, "stop-command");
  const answered = runs.answers.get(`chat:${runId}`);
  if (answered !== undefined) return answered;
  if (active.get(runId) !== undefined) return success({ runId, status: "in_flight" });
  const refusal = runs.refusalFor(target.key);
  if (refusal !== undefined) return failure("UNAVAILABLE", refusal);
  const timeoutMs =
    params.timeoutMs === undefined ? 600_000 : params.timeoutMs === 0 ? Infinity : params.timeoutMs;
  const run = runs.accept({ runId, key: target.key, requestedKey: sessionKey, isChat: true, timeoutMs });
  if (caller.caps?.includes("tool-events")) {
    run.reporter.addToolRecipient(caller.connId);
    for (const other of active.chatRunsOf({ requested: sessionKey, key: target.key }))
      other.reporter.addToolRecipient(caller.connId);
  }
  const label = caller.client?.displayName;
  return {
    ok: true,
    payload: { runId, status: "started" },
    afterwards: () =>
      void runs.take({
        run,
        target,
        text,
        images: read.images,
        thinking: params.thinking,
        sender: { id: caller.client?.id, displayName: label },
        source: { channel: "webchat", label },
      }),
  };
}

/** The methods of family `chat`. The dispatcher has held params against their schema. */
export function createChatMethods(runs: RunService): MethodTable {
  return new Map<string, MethodHandler>([
    ["chat.history", (params) => history(runs, params as ChatHistoryParams)],
    ["chat.send", (params, caller) => send(runs, params as ChatSendParams, caller)],
    ["chat.abort", (params) => abort(runs, params as ChatAbortParams)],
    ["chat.inject", (params) => inject(runs, params as ChatInjectParams)],
  ]);
}
