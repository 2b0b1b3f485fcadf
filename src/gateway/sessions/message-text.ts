import { isRecord, type JsonRecord, stringOrNone, trimmedOrNone } from "./json.ts";

const TOOL_CALL_TYPES = new Set(["tool_use", "toolcall", "tool_call"]);
const TEXT_TYPES = new Set<unknown>(["text", "output_text", "input_text"]);

function blocksOf(message: JsonRecord): readonly unknown[] {
  return Array.isArray(message["content"]) ? message["content"] : [];
}

const blockType = (block: JsonRecord): string => trimmedOrNone(block["type"])?.toLowerCase() ?? "";

/** The names of the tools a message calls, or of the one it reports on; each once, in order. */
export function toolNames(message: JsonRecord): string[] {
  const names = new Set<string>();
  const own = trimmedOrNone(message["toolName"] ?? message["tool_name"]);
  if (own !== undefined) names.add(own);
  for (const block of blocksOf(message)) {
    if (!isRecord(block) || !TOOL_CALL_TYPES.has(blockType(block))) continue;
    const name = trimmedOrNone(block["name"]);
    if (name !== undefined) names.add(name);
  }
  return [...names];
}

/** The first text of a message that titles and last messages may show; images, tools and thoughts don't count. */
export function firstText(content: unknown): string | undefined {
  if (!Array.isArray(content)) return trimmedOrNone(content);
  for (const block of content as unknown[]) {
    if (!isRecord(block) || !TEXT_TYPES.has(block["type"])) continue;
    const text = trimmedOrNone(block["text"]);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** All text of a message, blocks of any type included, one line each. */
export function allText(message: JsonRecord): string | undefined {
  const content = message["content"];
  if (typeof content === "string") return trimmedOrNone(content);
  const texts = blocksOf(message)
    .map((block) => (isRecord(block) ? (stringOrNone(block["text"]) ?? "") : ""))
    .filter((text) => text.trim() !== "");
  return texts.length > 0 ? texts.join("\n").trim() : trimmedOrNone(message["text"]);
}

/** The type, in brackets, of the first block that is neither text nor a tool call. */
export function mediaSummary(message: JsonRecord): string | undefined {
  for (const block of blocksOf(message)) {
    const type = isRecord(block) ? blockType(block) : "";
    if (type !== "" && type !== "text" && type !== "toolcall" && type !== "tool_call") return `[${type}]`;
  }
  return undefined;
}

/** Whether a user's message came from another session rather than from a person. */
export function isFromAnotherSession(message: JsonRecord): boolean {
  const provenance = message["provenance"];
  return message["role"] === "user" && isRecord(provenance) && provenance["kind"] === "inter_session";
}
