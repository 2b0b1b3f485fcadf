import { stripEnvelope } from "../sessions/envelope.ts";
import { isRecord, type JsonRecord, stringOrNone } from "../sessions/json.ts";

/** How much of one text history shows, in UTF-16 units. */
const TEXT_UNITS = 12_000;
/** A single message above this is replaced by a note. */
const MESSAGE_BYTES = 128 * 1024;
/** All messages of one answer together. */
const TOTAL_BYTES = 6 * 1024 * 1024;
const OMITTED = "[chat.history omitted: message too large]";
const MESSAGE_ID_LINE = /^\s*\[message_id:[^\]]+\]\s*$/i;

/** Members of a message that history never shows. */
const HIDDEN = ["details", "usage", "cost"] as const;
const LONG_BLOCK_TEXTS = ["text", "partialJson", "arguments", "thinking"] as const;

const jsonBytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? "", "utf8");

const cut = (text: string): string =>
  text.length <= TEXT_UNITS ? text : `${text.slice(0, TEXT_UNITS)}\n...(truncated)...`;

/** A user's text without the envelope of a channel and without lines that only name a message. */
function plainUserText(text: string): string {
  const bare = stripEnvelope(text);
  if (!bare.includes("[message_id:")) return bare;
  const lines = bare.split(/\r?\n/);
  const kept = lines.filter((line) => !MESSAGE_ID_LINE.test(line));
  return kept.length === lines.length ? bare : kept.join("\n");
}

function withPlainText(message: JsonRecord): JsonRecord {
  const { content, text } = message;
  if (typeof content === "string") return { ...message, content: plainUserText(content) };
  if (Array.isArray(content)) {
    const blocks = content.map((block: unknown) =>
      isRecord(block) && block["type"] === "text" && typeof block["text"] === "string"
        ? { ...block, text: plainUserText(block["text"]) }
        : block,
    );
    return { ...message, content: blocks };
  }
  return typeof text === "string" ? { ...message, text: plainUserText(text) } : message;
}

function boundedBlock(block: unknown): unknown {
  if (!isRecord(block)) return block;
  const shown: Record<string, unknown> = { ...block };
  for (const name of LONG_BLOCK_TEXTS) {
    const text = shown[name];
    if (typeof text === "string") shown[name] = cut(text);
  }
  delete shown["thinkingSignature"];
  const { data } = shown;
  if (shown["type"] === "image" && typeof data === "string") {
    delete shown["data"];
    shown["omitted"] = true;
    shown["bytes"] = Buffer.byteLength(data, "utf8");
  }
  return shown;
}

/** A message as history shows it (upstream-2026.2.17 section 2.15); what is no object is shown as it is. */
export function shownMessage(message: unknown): unknown {
  if (!isRecord(message)) return message;
  const isUsers = stringOrNone(message["role"])?.toLowerCase() === "user";
  const shown: Record<string, unknown> = { ...(isUsers ? withPlainText(message) : message) };
  for (const name of HIDDEN) delete shown[name];
  const { content, text } = shown;
  if (typeof content === "string") shown["content"] = cut(content);
  else if (Array.isArray(content)) shown["content"] = content.map(boundedBlock);
  if (typeof text === "string") shown["text"] = cut(text);
  return shown;
}

function placeholder(message: unknown, now: number): JsonRecord {
  const { role, timestamp } = isRecord(message) ? message : {};
  return {
    role: typeof role === "string" ? role : "assistant",
    timestamp: typeof timestamp === "number" ? timestamp : now,
    content: [{ type: "text", text: OMITTED }],
    __openclaw: { truncated: true, reason: "oversized" },
  };
}

/** A message as history shows it, or a note in its place when it is too large. @param now milliseconds since 1970. */
export function boundedMessage(message: unknown, now: number): unknown {
  const shown = shownMessage(message);
  return jsonBytes(shown) <= MESSAGE_BYTES ? shown : placeholder(shown, now);
}

/** Leaves out the oldest messages until one answer may hold the rest; the newest one always stays. */
export function withinTotal(messages: readonly unknown[]): unknown[] {
  const sizes = messages.map((message) => jsonBytes(message) + 1);
  let bytes = sizes.reduce((sum, size) => sum + size, 1);
  let start = 0;
  while (bytes > TOTAL_BYTES && start < messages.length - 1) {
    bytes -= sizes[start] ?? 0;
    start += 1;
  }
  return messages.slice(start);
}

/**
 * The newest messages of a transcript as `chat.history` shows them (upstream-2026.2.17 section 2.15).
 * @param messages oldest first, as they are stored.
 * @param now milliseconds since 1970, for messages that are replaced and have no time.
 */
export function showHistory(messages: readonly unknown[], limit: number, now: number): unknown[] {
  const newest = messages.length > limit ? messages.slice(-limit) : messages;
  return withinTotal(newest.map((message) => boundedMessage(message, now)));
}

/** A message of a transcript, and the id of its line when it has one. */
export interface StoredMessage {
  readonly id: string | undefined;
  readonly message: unknown;
}

/**
 * The messages of a transcript in file order, branches that were left included; the place of a compaction is shown as a
 * message of its own.
 * @param entries the lines of the transcript, the header among them or not.
 * @param now milliseconds since 1970, for compactions that say no time.
 */
export function messagesOf(entries: readonly JsonRecord[], now: number): StoredMessage[] {
  const messages: StoredMessage[] = [];
  for (const entry of entries) {
    const id = stringOrNone(entry["id"]);
    const { message } = entry;
    if (message) {
      messages.push({ id, message });
    } else if (entry["type"] === "compaction") {
      const stated = Date.parse(stringOrNone(entry["timestamp"]) ?? "");
      messages.push({
        id,
        message: {
          role: "system",
          content: [{ type: "text", text: "Compaction" }],
          timestamp: Number.isNaN(stated) ? now : stated,
          __openclaw: { kind: "compaction", ...(id === undefined ? {} : { id }) },
        },
      });
    }
  }
  return messages;
}
