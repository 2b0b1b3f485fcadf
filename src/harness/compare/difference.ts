import type { Level } from "../scenario/schema.ts";

/** Kinds of difference, each with the weakest level at which it shows. */
export const DIFFERENCE_KINDS = {
  missing: "shape",
  extra: "shape",
  type: "shape",
  timeout: "shape",
  contract: "shape",
  close: "shape",
  value: "semantic",
  binding: "semantic",
  distinctness: "semantic",
  order: "semantic",
  count: "semantic",
  code: "semantic",
  text: "exact",
} as const satisfies Record<string, Level>;

export type DifferenceKind = keyof typeof DIFFERENCE_KINDS;

/** One place where a capture and the recording disagree. */
export interface Difference {
  readonly kind: DifferenceKind;
  readonly level: Level;
  /** Index of the step. */
  readonly step: number;
  /** JSON pointer below the step's capture, such as `/received/0/payload/key` or `/close/reason`. */
  readonly pointer: string;
  /** What the recording demands, rendered with symbols resolved where they are bound; absent for `extra`. */
  readonly expected?: unknown;
  /** What the target did; absent for `missing`. */
  readonly actual?: unknown;
  /** One sentence for a human. */
  readonly message: string;
  /** For symbols: the place where the value was first bound. */
  readonly boundAt?: string;
}
