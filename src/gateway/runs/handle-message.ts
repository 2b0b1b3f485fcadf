import { randomUUID } from "node:crypto";
import type { ImageBlock } from "../chat/attachments.ts";
import {
  isOnlyDirectives,
  readChatReset,
  readDirectives,
  SESSION_STARTED_PROMPT,
} from "../chat/directives.ts";
import { isStopRequest, onOneLine } from "../chat/inbound-text.ts";
import { conversationInfo, stampMessage, userTimeZone } from "../chat/stamp.ts";
import { asEntry, touchedAt } from "../sessions/entry.ts";
import { type JsonRecord, stringOrNone, trimmedOrNone } from "../sessions/json.ts";
import { thinkingLevel } from "../sessions/levels.ts";
import { chooseModel, defaultModel } from "../sessions/models.ts";
import { isFresh, type MessageSource, receivedEntry, resetPolicy } from "../sessions/turn-entry.ts";
import { parseSessionKey } from "../sessions/typed-key.ts";
import { migrateKey, type SessionTarget } from "../store/target.ts";
import { transcriptCandidates } from "../transcripts/paths.ts";
import type { ActiveRun } from "./active-runs.ts";
import { applyDirectives, type CommandSender, runCommand } from "./commands.ts";
import { endRuns } from "./end-runs.ts";
import { entryOf, type RunRoom, transcriptRef } from "./room.ts";
import path from "node:path";

/** A message as it came in, checked. */
export interface InboundMessage {
  readonly run: ActiveRun;
  readonly target: SessionTarget;
  readonly text: string;
  readonly images: readonly ImageBlock[];
  /** The level the client asked for; for this run alone. */
  readonly thinking: string | undefined;
  readonly sender: CommandSender;
  readonly source: MessageSource;
  /** Where the answer goes, for messages that may share a run with others that wait; nothing for those that may not. */
  readonly route?: string | undefined;
}

/** What is to be done about a message: a reply of the gateway itself, or a question to the model. */
export type Plan =
  | { readonly kind: "reply"; readonly text: string }
  | {
      readonly kind: "run";
      readonly sessionId: string;
      readonly prompt: string;
      readonly thinking: string | undefined;
    };

interface Begins {
  readonly sessionId: string;
  readonly sessionFile: string;
  readonly byUser: boolean;
}

type Received = Pick<InboundMessage, "target" | "source">;

function startsOver(room: RunRoom, message: Received, existing: JsonRecord | undefined): boolean {
  const { key, agentId } = message.target;
  if (!trimmedOrNone(existing?.["sessionId"])) return true;
  const typed = parseSessionKey(key, agentId);
  const isGroup = typed.kind === "group" || typed.kind === "channel";
  const type = typed.threadId === undefined ? (isGroup ? "group" : "direct") : "thread";
  const policy = resetPolicy(room.sessions.config, type, message.source.channel ?? "");
  return !isFresh(policy, touchedAt(existing), room.now());
}

/** Writes down that a message came, in the session's entry; a session that starts over gets a new id. */
export async function receiveMessage(
  room: RunRoom,
  message: Received,
  byUser: boolean,
): Promise<{ entry: JsonRecord; before: JsonRecord | undefined }> {
  const { sessions, now } = room;
  const { target, source } = message;
  return await sessions.change(target.path, (draft) => {
    const before = asEntry(migrateKey(draft, target));
    let begins: Begins | undefined;
    if (byUser || startsOver(room, message, before)) {
      const sessionId = randomUUID();
      const sessionFile = path.join(path.dirname(target.path), `${sessionId}.jsonl`);
      begins = { sessionId, sessionFile, byUser };
    }
    const received = receivedEntry(before, source, begins, now());
    const sessionFile =
      received["sessionFile"] ??
      path.join(path.dirname(target.path), `${String(received["sessionId"])}.jsonl`);
    const entry = { ...received, sessionFile };
    draft.set(target.key, entry);
    return { entry, before };
  });
}

/** Words behind `/new` or `/reset` may name a model first. */
async function takeModel(room: RunRoom, target: SessionTarget, text: string): Promise<string> {
  const [first = "", ...rest] = text.split(/\s+/);
  if (!first.includes("/")) return text;
  const { config } = room.sessions;
  const fallback = defaultModel(config, target.agentId);
  const chosen = chooseModel(config, first, fallback);
  const isConfigured =
    typeof chosen !== "string" &&
    config.models?.providers?.[chosen.provider]?.models?.some(({ id }) => id === chosen.model);
  if (typeof chosen === "string" || isConfigured !== true) return text;
  const isDefault = chosen.provider === fallback.provider && chosen.model === fallback.model;
  await room.sessions.change(target.path, (draft) => {
    const entry = asEntry(draft.get(target.key));
    if (entry === undefined || isDefault) return;
    draft.set(target.key, { ...entry, providerOverride: chosen.provider, modelOverride: chosen.model });
  });
  return rest.join(" ");
}

/** Starts a session over because its user said so: what runs in it ends, and its transcript is put aside. */
async function startOver(room: RunRoom, message: InboundMessage, rest: string): Promise<Plan> {
  const { target, run, sender, thinking } = message;
  const { sessions } = room;
  await endRuns(room, target.key, "reset");
  const { entry, before } = await receiveMessage(room, message, true);
  if (before?.["sessionId"] !== undefined) {
    const candidates = transcriptCandidates(sessions.places, transcriptRef(target, before));
    await room.writer.archive(candidates, "reset", room.now());
  }
  const words = await takeModel(room, target, onOneLine(rest));
  const info = conversationInfo(run.runId, sender.id);
  const prompt = words === "" ? SESSION_STARTED_PROMPT : `${info}\n\n${words}`;
  return { kind: "run", sessionId: String(entry["sessionId"]), prompt, thinking: levelOf(thinking) };
}

const STOPPED = "⚙️ Agent was aborted.";
const AFTER_A_STOP =
  "Note: The previous agent run was aborted by the user. Resume carefully or ask for clarification.";

/** Whether a message is a wish to stop. A level that the client asks for stands before the words, as a command of its own. */
const asksToStop = ({ text, thinking }: InboundMessage): boolean =>
  isStopRequest(text) && (thinking === undefined || text.trimStart().startsWith("/"));

/** Ends what runs and waits in a session, and notes it for the next run; a session that is not there is not made. */
async function stopSession(room: RunRoom, { target }: InboundMessage): Promise<Plan> {
  await endRuns(room, target.key, "stop");
  if (entryOf(room.sessions, target) !== undefined) {
    await room.sessions.change(target.path, (draft) => {
      const entry = asEntry(migrateKey(draft, target));
      if (entry !== undefined)
        draft.set(target.key, { ...entry, abortedLastRun: true, updatedAt: room.now() });
    });
  }
  return { kind: "reply", text: STOPPED };
}

/** Says before a prompt that the run before it was stopped, once. */
async function noteStop(room: RunRoom, target: SessionTarget, prompt: string): Promise<string> {
  if (entryOf(room.sessions, target)?.["abortedLastRun"] !== true) return prompt;
  await room.sessions.change(target.path, (draft) => {
    const entry = asEntry(draft.get(target.key));
    if (entry !== undefined) draft.set(target.key, { ...entry, abortedLastRun: false });
  });
  return `${AFTER_A_STOP}\n\n${prompt}`;
}

const levelOf = (word: string | undefined): string | undefined =>
  word === undefined ? undefined : thinkingLevel(word);

/**
 * Decides what a message leads to, and brings the session's entry up to date (upstream-2026.2.17 section 6.3). To be
 * called when nothing else prepares a message for the session.
 * @throws when the store cannot be written.
 */
export async function planMessage(room: RunRoom, message: InboundMessage): Promise<Plan> {
  const { target, text, sender, run } = message;
  if (asksToStop(message)) return await stopSession(room, message);
  const reset = readChatReset(text);
  if (reset !== undefined) return await startOver(room, message, reset.rest);
  const { entry } = await receiveMessage(room, message, false);
  const reply = await runCommand(room, target, text, sender);
  if (reply !== undefined) return { kind: "reply", text: reply };
  const directives = readDirectives(text);
  if (isOnlyDirectives(directives) && message.images.length === 0) {
    return { kind: "reply", text: await applyDirectives(room, target, directives) };
  }
  const zone = userTimeZone(room.sessions.config.agents?.defaults?.["userTimezone"]);
  const stamped = stampMessage(directives.rest, room.now(), zone, text);
  const words = stamped === "" ? "" : `\n\n${stamped}`;
  const prompt = await noteStop(room, target, `${conversationInfo(run.runId, sender.id)}${words}`);
  return {
    kind: "run",
    sessionId: stringOrNone(entry["sessionId"]) ?? run.runId,
    prompt: room.systemEvents.before(target.key, prompt),
    thinking: levelOf(message.thinking) ?? directives.think?.level,
  };
}
