export type * from "./capture.ts";
export { runCases } from "./run-cases.ts";
export type { RanCase, RunOptions } from "./types.ts";
