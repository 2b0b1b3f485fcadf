export { compare, limitPerStep, MOST_PER_STEP, reachedLevel } from "./compare.ts";
export type { CompareOptions } from "./compare.ts";
export { DIFFERENCE_KINDS } from "./difference.ts";
export type { Difference, DifferenceKind } from "./difference.ts";
