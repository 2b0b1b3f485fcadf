export type { TargetOptions } from "./options.ts";
export { resolveTarget } from "./resolve-target.ts";
export { targetDied } from "./target-errors.ts";
export * from "./types.ts";
