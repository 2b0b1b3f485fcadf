import type {
  ChatCompletionContentPart,
  ChatCompletionMessageParam,
  ChatCompletionMessageFunctionToolCall,
} from "openai/resources/chat/completions";
import { isRecord, type JsonRecord, stringOrNone } from "../sessions/json.ts";
import type { ModelConnection } from "./connection.ts";

/** Characters that stand for about one token. */
const UNITS_PER_TOKEN = 4;

/** The messages a run sees: those of the transcript's current branch, from its last compaction on. */
export function contextMessages(branch: readonly JsonRecord[]): JsonRecord[] {
  const at = branch.findLastIndex((entry) => entry["type"] === "compaction");
  const compaction = branch[at];
  const messages: JsonRecord[] = [];
  let start = 0;
  if (compaction !== undefined) {
    const summary = stringOrNone(compaction["summary"]);
    const kept = branch.findIndex((entry) => entry["id"] === compaction["firstKeptEntryId"]);
    start = kept >= 0 && kept < at ? kept : at + 1;
    if (summary !== undefined) {
      messages.push({ role: "user", content: `Summary of the conversation so far:\n${summary}` });
    }
  }
  for (const entry of branch.slice(start)) {
    if (entry["type"] === "message" && isRecord(entry["message"])) messages.push(entry["message"]);
  }
  return messages;
}

/** Services refuse half of a surrogate pair. */
const wellFormed = (text: string): string =>
  text.replaceAll(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, "\uFFFD");

function blocksOf(message: JsonRecord): JsonRecord[] {
  const { content } = message;
  if (typeof content === "string") return [{ type: "text", text: content }];
  return Array.isArray(content) ? content.filter(isRecord) : [];
}

function textsOf(message: JsonRecord): string[] {
  return blocksOf(message)
    .map((block) => (block["type"] === "text" ? (stringOrNone(block["text"]) ?? "") : ""))
    .filter((text) => text.trim() !== "");
}

function userParam(message: JsonRecord, seesImages: boolean): ChatCompletionMessageParam | undefined {
  const parts: ChatCompletionContentPart[] = [];
  for (const block of blocksOf(message)) {
    const { data, mimeType } = block;
    if (block["type"] === "text" && typeof block["text"] === "string") {
      parts.push({ type: "text", text: wellFormed(block["text"]) });
    } else if (seesImages && block["type"] === "image" && typeof data === "string") {
      const type = stringOrNone(mimeType) ?? "image/png";
      parts.push({ type: "image_url", image_url: { url: `data:${type};base64,${data}` } });
    }
  }
  return parts.length === 0 ? undefined : { role: "user", content: parts };
}

function callsOf(message: JsonRecord): ChatCompletionMessageFunctionToolCall[] {
  const calls: ChatCompletionMessageFunctionToolCall[] = [];
  for (const block of blocksOf(message)) {
    const { id, name } = block;
    if (block["type"] !== "toolCall" || typeof id !== "string" || typeof name !== "string") continue;
    const text = JSON.stringify(block["arguments"] ?? {});
    calls.push({ id, type: "function", function: { name, arguments: text } });
  }
  return calls;
}

function assistantParams(
  message: JsonRecord,
  results: ReadonlyMap<string, JsonRecord>,
): ChatCompletionMessageParam[] {
  // An answer that failed half-way is no answer; services refuse it, or take it up where it broke off.
  if (message["stopReason"] === "error" || message["stopReason"] === "aborted") return [];
  const texts = textsOf(message).map((text) => ({ type: "text" as const, text: wellFormed(text) }));
  const calls = callsOf(message);
  if (texts.length === 0 && calls.length === 0) return [];
  const thoughts: Record<string, string> = {};
  for (const block of blocksOf(message)) {
    const { thinking, thinkingSignature } = block;
    if (block["type"] !== "thinking" || typeof thinking !== "string" || thinking.trim() === "") continue;
    if (typeof thinkingSignature !== "string" || !thinkingSignature.startsWith("reasoning")) continue;
    const before = thoughts[thinkingSignature];
    thoughts[thinkingSignature] = before === undefined ? thinking : `${before}\n${thinking}`;
  }
  return [
    {
      role: "assistant",
      content: texts.length > 0 ? texts : null,
      ...(calls.length > 0 ? { tool_calls: calls } : {}),
      ...thoughts,
    },
    // Every call needs its result right behind it, whatever became of the run.
    ...calls.map(({ id }): ChatCompletionMessageParam => {
      const result = results.get(id);
      const text = result === undefined ? "No result provided" : textsOf(result).join("\n");
      return { role: "tool", tool_call_id: id, content: text === "" ? "(no output)" : text };
    }),
  ];
}

/**
 * A conversation in the words of a chat-completions endpoint.
 * @param messages as transcripts hold them, oldest first. Results of tools stand where the call was.
 */
export function toChatParams(
  messages: readonly JsonRecord[],
  connection: Pick<ModelConnection, "seesImages">,
): ChatCompletionMessageParam[] {
  const results = new Map<string, JsonRecord>();
  for (const message of messages) {
    const id = message["toolCallId"];
    if (message["role"] === "toolResult" && typeof id === "string") results.set(id, message);
  }
  const params: ChatCompletionMessageParam[] = [];
  for (const message of messages) {
    if (message["role"] === "assistant") params.push(...assistantParams(message, results));
    if (message["role"] !== "user") continue;
    const param = userParam(message, connection.seesImages);
    if (param !== undefined) params.push(param);
  }
  return params;
}

/** What a text costs, roughly, in tokens; an image is counted as what it weighs at most. */
function estimateTokens(message: JsonRecord): number {
  const images = blocksOf(message).filter((block) => block["type"] === "image").length;
  const plain = blocksOf(message).filter((block) => block["type"] !== "image");
  return JSON.stringify(plain).length / UNITS_PER_TOKEN + images * 1200;
}

/**
 * Leaves out the oldest turns until the rest fits a context window. A turn begins with a user's message; the last one
 * stays, whatever its size.
 * @param room in tokens.
 */
export function withinContext(messages: readonly JsonRecord[], room: number): readonly JsonRecord[] {
  const costs = messages.map(estimateTokens);
  let total = costs.reduce((sum, cost) => sum + cost, 0);
  let start = 0;
  let turn = 0;
  messages.forEach((message, at) => {
    if (at > 0 && message["role"] === "user" && total > room) {
      total -= costs.slice(turn, at).reduce((sum, cost) => sum + cost, 0);
      start = at;
    }
    if (message["role"] === "user") turn = at;
  });
  return messages.slice(start);
}
