import type { ResultOf } from "../../contract/index.ts";
import type { GatewayConfig } from "../config/types.ts";
import { isRecord, type JsonRecord, stringOrNone, trimmedOrNone } from "../sessions/json.ts";
import { recordedCost } from "./message-fact.ts";
import { estimatedCost } from "./price.ts";
import { tokenCounts } from "./token-counts.ts";
import { readMessageLine } from "./transcript-line.ts";

type LogEntry = ResultOf<"sessions.usage.logs">["logs"][number];

const ROLES = new Set<unknown>(["user", "assistant", "tool", "toolResult"]);
const LONGEST_CONTENT = 2000;

function blockText(block: unknown): string {
  if (typeof block === "string") return block;
  if (!isRecord(block)) return "";
  if (block["type"] === "text") return stringOrNone(block["text"]) ?? "";
  if (block["type"] === "tool_use") return `[Tool: ${stringOrNone(block["name"]) ?? "unknown"}]`;
  return block["type"] === "tool_result" ? "[Tool Result]" : "";
}

function calledNames(message: JsonRecord): string[] {
  const calls =
    message["tool_calls"] ?? message["toolCalls"] ?? message["function_call"] ?? message["functionCall"];
  const list: unknown[] = Array.isArray(calls) ? calls : calls ? [calls] : [];
  return list.map((call) => {
    const fn = isRecord(call) ? call["function"] : undefined;
    const name = isRecord(call) ? stringOrNone(call["name"]) : undefined;
    return name ?? (isRecord(fn) ? stringOrNone(fn["name"]) : undefined) ?? "unknown";
  });
}

function contentOf(message: JsonRecord): string {
  const parts: string[] = [];
  if (message["role"] === "tool" || message["role"] === "toolResult") {
    const name = trimmedOrNone(
      message["toolName"] ?? message["tool_name"] ?? message["name"] ?? message["tool"],
    );
    parts.push(`[Tool: ${name ?? "tool"}]`, "[Tool Result]");
  }
  const { content } = message;
  if (typeof content === "string") parts.push(content);
  else if (Array.isArray(content)) {
    const text = content.map(blockText).filter((part) => part !== "");
    if (text.length > 0) parts.push(text.join("\n"));
  }
  parts.push(...calledNames(message).map((name) => `[Tool: ${name}]`));
  const whole = parts.join("\n").trim();
  return whole.length > LONGEST_CONTENT ? `${whole.slice(0, LONGEST_CONTENT)}…` : whole;
}

function timeOf(line: JsonRecord, message: JsonRecord): number {
  if (typeof line["timestamp"] === "string") return Date.parse(line["timestamp"]);
  return typeof message["timestamp"] === "number" ? message["timestamp"] : 0;
}

function spendOf(config: GatewayConfig, message: JsonRecord): { tokens?: number; cost?: number } {
  const counts = message["role"] === "assistant" ? tokenCounts(message["usage"]) : undefined;
  if (counts === undefined) return {};
  const cost =
    recordedCost(message["usage"])?.total ??
    estimatedCost(config, message["provider"], message["model"], counts);
  return { tokens: counts.total, ...(cost === undefined ? {} : { cost }) };
}

/** One line of a transcript as `sessions.usage.logs` shows it; nothing when there is nothing to show. */
export function logEntry(config: GatewayConfig, text: string): LogEntry | undefined {
  const { line, message } = readMessageLine(text) ?? {};
  if (line === undefined || message === undefined || !ROLES.has(message["role"])) return undefined;
  const content = contentOf(message);
  if (content === "") return undefined;
  return {
    timestamp: timeOf(line, message),
    role: message["role"] as LogEntry["role"],
    content,
    ...spendOf(config, message),
  };
}

/** The most entries one question may ask for. */
const MOST = 1000;
const DEFAULT = 200;

/** The newest entries, by time. A limit of 0 gives all and a negative one drops the oldest, as upstream has it. */
export function newestLogs(entries: readonly LogEntry[], limit: unknown): LogEntry[] {
  const most = typeof limit === "number" && Number.isFinite(limit) ? Math.min(limit, MOST) : DEFAULT;
  const sorted = entries.toSorted((a, b) => a.timestamp - b.timestamp);
  return sorted.length > most ? sorted.slice(-most) : sorted;
}
