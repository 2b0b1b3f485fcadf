import { z } from "zod";
import { DIFFERENCE_KINDS, type DifferenceKind } from "../compare/difference.ts";
import { LEVELS } from "../scenario/schema.ts";

/** Not a difference: the case did not run to its end on this target, or cannot be put into its starting state there. */
export const COULD_NOT_RUN = "could-not-run";

/** Most days that an expiry may lie ahead. */
export const LONGEST_DAYS = 90;

const kinds = Object.keys(DIFFERENCE_KINDS) as DifferenceKind[];

/** One difference that is accepted for a time. */
export const waiver = z.strictObject({
  id: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "letters, digits, dots, dashes and underscores")
    .describe("Names the waiver in reports; used once"),
  scenario: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9.-]*\/[a-z0-9][a-z0-9-]*(\[[^]*\])?$/,
      "<method or area>/<behaviour-in-words>, or that with [<case>]",
    )
    .describe("Id of a scenario, or of one of its cases"),
  step: z.int().min(1).optional().describe("Which step, counted from 1 as reports do; any when absent"),
  pointer: z
    .string()
    .regex(/^(\/[^]*)?$/, "a JSON pointer, such as /received/0/payload/sessions/*/updatedAt")
    .optional()
    .describe("Where below the step, as reports print it; `*` stands for one part"),
  whole: z.literal(true).optional().describe("Instead of a pointer: that kind of difference anywhere"),
  kind: z
    .enum([...kinds, COULD_NOT_RUN])
    .describe("The kind of difference that is excused; any other in the same place still fails"),
  level: z.enum(LEVELS).optional().describe("The level of the difference, as reports print it"),
  reason: z.string().describe("Why it is accepted"),
  issue: z.string().describe("Where it is being mended: a URL"),
  owner: z.string().describe("Who mends it"),
  expires: z.iso.date().describe(`Last day it holds (UTC); at most ${LONGEST_DAYS} days ahead`),
  class: z
    .enum(["failing", "flaky"])
    .describe("failing: differs every time, and the waiver is stale once it does not. flaky: may differ"),
});
export type Waiver = z.infer<typeof waiver>;

/** `lockstep.waivers.yaml`: it lies with the port, not with the suite. */
export const waiversFile = z.strictObject({ waivers: z.array(waiver) });
