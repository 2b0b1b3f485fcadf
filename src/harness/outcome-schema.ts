import { z } from "zod";
import { DIFFERENCE_KINDS, type DifferenceKind } from "./compare/difference.ts";
import { OUTCOME_FORMAT } from "./outcome.ts";
import { LEVELS } from "./scenario/schema.ts";

const count = z.int().min(0);
const milliseconds = z.number().min(0);
const level = z.enum(LEVELS);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "a SHA-256 in lower-case hex");
const status = z.enum(["pass", "departure", "waived", "fail", "not-applicable", "incomplete", "fault"]);

export const differenceKind = z.enum(Object.keys(DIFFERENCE_KINDS) as DifferenceKind[]);

const difference = z.strictObject({
  kind: differenceKind,
  level,
  step: count.describe("Index of the step, from 0"),
  pointer: z.string().describe("JSON pointer below the step's capture"),
  expected: z.unknown().exactOptional(),
  actual: z.unknown().exactOptional(),
  message: z.string(),
  boundAt: z.string().exactOptional(),
});

const stepFrames = z.strictObject({ sent: z.unknown().exactOptional(), received: z.array(z.unknown()) });

const caseResult = z.strictObject({
  id: z.string().min(1),
  scenario: z.string().min(1),
  case: z.string(),
  title: z.string(),
  covers: z.array(z.string()),
  required: level,
  reached: z.enum([...LEVELS, "none"]),
  status,
  differences: z.array(difference),
  departures: z.array(z.strictObject({ difference, why: z.string() })),
  waived: z.array(z.strictObject({ difference, waiver: z.string() })),
  attempts: z.array(status).exactOptional(),
  reason: z.string().exactOptional(),
  logTail: z.array(z.string()).exactOptional(),
  durationMs: milliseconds,
  repeat: z.string(),
  frames: z.record(z.string().regex(/^\d+$/, "the index of a step"), stepFrames),
});

/** The file that `--reporter json` writes: `outcome.json`. */
export const outcomeFile = z.strictObject({
  format: z.literal(OUTCOME_FORMAT),
  tool: z.string(),
  oracle: z.string(),
  target: z.strictObject({ name: z.string(), kind: z.string(), server: z.string().exactOptional() }),
  startedAt: z.iso.datetime(),
  durationMs: milliseconds,
  level,
  cases: z.array(caseResult),
  diagnoses: z.array(z.strictObject({ title: z.string(), detail: z.string(), explains: count })),
  waivers: z.array(
    z.strictObject({
      id: z.string(),
      scenario: z.string(),
      state: z.enum(["used", "idle", "unselected", "stale", "unmatched", "expired"]),
      message: z.string(),
      expires: z.iso.date().exactOptional(),
      reason: z.string().exactOptional(),
      owner: z.string().exactOptional(),
      issue: z.string().exactOptional(),
    }),
  ),
  evidence: z.strictObject({
    suite: sha256,
    scenarios: z.record(z.string(), sha256),
    candidate: z.string().exactOptional(),
    node: z.string(),
    platform: z.string(),
  }),
  shard: z.strictObject({ index: count, count: z.int().min(1) }).exactOptional(),
  isPartial: z.boolean(),
  totals: z.strictObject({
    cases: count,
    pass: count,
    departure: count,
    waived: count,
    fail: count,
    notApplicable: count,
    incomplete: count,
    fault: count,
    reached: z.strictObject({ shape: count, semantic: count, exact: count }),
  }),
  verdict: z.enum(["pass", "hygiene", "differ", "incomplete", "fault"]),
  exitCode: z.literal([0, 1, 3, 4, 5]),
});

type DeepReadonly<T> = T extends readonly (infer U)[]
  ? readonly DeepReadonly<U>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;
/**
 * The type the schema describes. `readOutcome` takes one for an Outcome, `renderJson` an Outcome for one: both compile only
 * while neither has what the other lacks.
 */
export type OutcomeFile = DeepReadonly<z.infer<typeof outcomeFile>>;
