export type * from "./capture.ts";
export { runCases } from "./run-cases.ts";
export { ANSWER_TIMEOUT_MS } from "./types.ts";
export type { RanCase, RunOptions, RunResult } from "./types.ts";
