import type { GatewayConfig } from "../config/types.ts";
import { isRecord, type JsonRecord, stringOrNone } from "../sessions/json.ts";
import { toolNames } from "../sessions/message-text.ts";
import { estimatedCost } from "./price.ts";
import { finite, tokenCounts } from "./token-counts.ts";
import type { RecordedCost, Spend } from "./totals.ts";
import { readMessageLine } from "./transcript-line.ts";

/** What accounting keeps of one message of a transcript: a few numbers instead of its text. */
export interface MessageFact {
  readonly role: "user" | "assistant";
  /** Epoch ms; nothing when the line has no readable time. */
  readonly at: number | undefined;
  readonly spend: Spend | undefined;
  readonly provider: string | undefined;
  readonly model: string | undefined;
  readonly durationMs: number | undefined;
  readonly tools: readonly string[];
  readonly toolResults: number;
  /** Failed tool results, and one more when the message itself ended in an error. */
  readonly errors: number;
}

const ERROR_STOPS = new Set<unknown>(["error", "aborted", "timeout"]);
const TOOL_RESULT_TYPES = new Set(["tool_result", "tool_result_error"]);

/** What a line's `usage` says it cost; a total that is missing or negative says nothing. */
export function recordedCost(usage: unknown): RecordedCost | undefined {
  const cost = isRecord(usage) ? usage["cost"] : undefined;
  if (!isRecord(cost)) return undefined;
  const total = finite(cost["total"]);
  if (total === undefined || total < 0) return undefined;
  const part = (name: string): number => finite(cost[name]) ?? 0;
  return {
    total,
    input: part("input"),
    output: part("output"),
    cacheRead: part("cacheRead"),
    cacheWrite: part("cacheWrite"),
  };
}

/** The line's own ISO time, else the message's number; epoch ms. */
function timeOf(line: JsonRecord, message: JsonRecord): number | undefined {
  const stated = typeof line["timestamp"] === "string" ? Date.parse(line["timestamp"]) : Number.NaN;
  if (!Number.isNaN(stated)) return stated;
  const own = finite(message["timestamp"]);
  return own === undefined || Number.isNaN(new Date(own).getTime()) ? undefined : Math.trunc(own);
}

function toolResultsOf(message: JsonRecord): { total: number; failed: number } {
  const content = Array.isArray(message["content"]) ? (message["content"] as unknown[]) : [];
  const results = content.filter(
    (block): block is JsonRecord =>
      isRecord(block) && TOOL_RESULT_TYPES.has(stringOrNone(block["type"])?.trim().toLowerCase() ?? ""),
  );
  return { total: results.length, failed: results.filter((block) => block["is_error"] === true).length };
}

/**
 * Reads one line of a transcript for accounting (upstream-2026.2.17 section 2.13).
 * @returns nothing for lines that don't count: other roles, no message, no JSON.
 */
export function messageFact(config: GatewayConfig, text: string): MessageFact | undefined {
  const { line, message } = readMessageLine(text) ?? {};
  if (line === undefined || message === undefined) return undefined;
  const role = message["role"];
  if (role !== "user" && role !== "assistant") return undefined;

  const usage = message["usage"] ?? line["usage"];
  const tokens = tokenCounts(usage);
  const provider = stringOrNone(message["provider"]) ?? stringOrNone(line["provider"]);
  const model = stringOrNone(message["model"]) ?? stringOrNone(line["model"]);
  const recorded = recordedCost(usage);
  const results = toolResultsOf(message);
  return {
    role,
    at: timeOf(line, message),
    spend:
      tokens === undefined
        ? undefined
        : {
            tokens,
            recorded,
            estimated: recorded === undefined ? estimatedCost(config, provider, model, tokens) : undefined,
          },
    provider,
    model,
    durationMs: finite(message["durationMs"] ?? line["durationMs"]),
    tools: toolNames(message),
    toolResults: results.total,
    errors: results.failed + (ERROR_STOPS.has(message["stopReason"]) ? 1 : 0),
  };
}
