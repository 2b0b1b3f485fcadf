import type { RunResult } from "../runs/execute.ts";
import type { JsonRecord } from "../sessions/json.ts";
import { failure, type MethodOutcome, success } from "./types.ts";

/** The second answer to a run that failed. @param summary as upstream words it, such as `Error: ...`. */
export function failedRun(runId: string, summary: string): MethodOutcome {
  return { ...failure("UNAVAILABLE", summary), payload: { runId, status: "error", summary } };
}

/** What a run said, as its second answer tells it. */
export const answerOf = (result: RunResult): string => result.error ?? result.text;

function describeResult(result: RunResult, sessionId: string, durationMs: number): JsonRecord {
  const { spent, last, model } = result;
  const text = answerOf(result);
  const { provider, model: modelName } = model;
  const counted = last ?? { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, totalTokens: 0 };
  const { input, output, cacheRead, cacheWrite, totalTokens } = counted;
  const lastCallUsage = { input, output, cacheRead, cacheWrite, total: totalTokens };
  const known =
    last === undefined
      ? { lastCallUsage }
      : { usage: spent, lastCallUsage, promptTokens: input + cacheRead + cacheWrite };
  return {
    payloads: text === "" ? [] : [{ text, mediaUrl: null }],
    meta: {
      durationMs,
      agentMeta: { sessionId, provider, model: modelName, ...known },
      aborted: result.status === "aborted",
    },
  };
}

/** The second answer to a run that ended by itself, also where the model refused. */
export function completedRun(
  runId: string,
  result: RunResult,
  sessionId: string,
  durationMs: number,
): MethodOutcome {
  const described = describeResult(result, sessionId, durationMs);
  return success({ runId, status: "ok", summary: "completed", result: described });
}
