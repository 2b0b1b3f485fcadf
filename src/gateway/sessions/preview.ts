import { cutText } from "./cut-text.ts";
import { stripEnvelope } from "./envelope.ts";
import { type JsonRecord, stringOrNone } from "./json.ts";
import { allText, mediaSummary, toolNames } from "./message-text.ts";

export type PreviewRole = "user" | "assistant" | "tool" | "system" | "other";

/** One line of a preview. */
export interface PreviewItem {
  readonly role: PreviewRole;
  readonly text: string;
}

const ROLES = new Map<string, PreviewRole>([
  ["user", "user"],
  ["assistant", "assistant"],
  ["system", "system"],
  ["tool", "tool"],
]);

function roleOf(message: JsonRecord, tools: readonly string[]): PreviewRole {
  if (tools.length > 0) return "tool";
  // Upstream fails on a role that is no text, and one odd line hides its whole session.
  const role = stringOrNone(message["role"]) ?? "";
  return ROLES.get(role.toLowerCase()) ?? "other";
}

function callText(tools: readonly string[]): string | undefined {
  if (tools.length === 0) return undefined;
  const more = tools.length - 2;
  return `call ${tools.slice(0, 2).join(", ")}${more > 0 ? ` +${more}` : ""}`;
}

function shorten(text: string, units: number): string {
  return text.length <= units ? text : `${cutText(text, units - 3)}...`;
}

/**
 * What a preview shows of messages, oldest first; those without anything to show are left out
 * (upstream-2026.2.17 section 2.6).
 * @param maxChars longest text, in UTF-16 units, at least 20.
 */
export function previewItems(messages: readonly JsonRecord[], maxChars: number): PreviewItem[] {
  const items: PreviewItem[] = [];
  for (const message of messages) {
    const tools = toolNames(message);
    const role = roleOf(message, tools);
    const text = allText(message) ?? callText(tools) ?? mediaSummary(message);
    if (text === undefined) continue;
    items.push({ role, text: shorten(role === "user" ? stripEnvelope(text) : text, maxChars) });
  }
  return items;
}
