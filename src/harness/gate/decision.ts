import { z } from "zod";
import { REASONS, type ReasonType } from "./reasons.ts";

/** Version of the decision's own format. */
export const DECISION_FORMAT = "lockstep-decision/1";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "a SHA-256 in lower-case hex");
const count = z.int().min(0);

/** `decision.json`: what the gate answered, why, and from what. */
export const decisionFile = z.strictObject({
  format: z.literal(DECISION_FORMAT),
  tool: z.string(),
  decidedAt: z.iso.datetime(),
  answer: z.enum(["yes", "no", "unknown"]),
  exitCode: z.literal([0, 1, 3]),
  oracle: z.string().describe("The runtime to be replaced"),
  target: z.string().nullable(),
  candidate: z.string().nullable().describe("The build that was asked about"),
  requirements: z.strictObject({ set: z.string(), frozen: z.iso.date(), sha256, scenarios: count }),
  policy: z.strictObject({
    sha256: sha256.nullable().describe("Of the policy file; null for the defaults"),
    values: z.record(z.string(), z.unknown()),
    deviations: z.array(
      z.strictObject({
        name: z.string(),
        default: z.unknown(),
        value: z.unknown(),
        effect: z.enum(["weaker", "stricter", "neutral"]),
      }),
    ),
  }),
  reasons: z.array(
    z.strictObject({
      type: z.enum(Object.keys(REASONS) as ReasonType[]),
      severity: z.enum(["no", "unknown"]),
      expected: z.string(),
      found: z.string(),
      todo: z.string(),
      subjects: z.array(z.string()),
    }),
  ),
  required: z.strictObject({
    ok: count,
    waived: count,
    other: count.describe(
      "Failing, departing where the set does not allow it, below their level, flaky, or never run",
    ),
  }),
  green: z.strictObject({
    runs: count,
    first: z.string().nullable().describe("When the first of the green runs in a row began"),
    last: z.string().nullable(),
  }),
  waivers: z.array(
    z.strictObject({
      id: z.string(),
      scenario: z.string(),
      state: z.string(),
      message: z.string(),
      isRequired: z.boolean(),
    }),
  ),
  departures: z
    .array(z.strictObject({ scenario: z.string(), cases: count, why: z.string() }))
    .describe("Where the oracle is known to be wrong and the candidate does otherwise"),
  counted: z.array(z.strictObject({ kind: z.string(), file: z.string(), sha256, at: z.string() })),
  notCounted: z.array(z.strictObject({ file: z.string(), sha256, why: z.string() })),
});
type Mutable = z.infer<typeof decisionFile>;
export type Decision = { readonly [K in keyof Mutable]: Mutable[K] };
