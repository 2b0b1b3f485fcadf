import { z } from "zod";
import type { MutationRun } from "./mutate-suite.ts";
import { OPERATORS, type Operator } from "./operators.ts";
import { mutationScore, type MutationCount } from "./tally.ts";

/** Version of the mutation report's own format. */
export const MUTATION_FORMAT = "lockstep-mutation/1";

const count = {
  mutants: z.int(),
  caught: z.int(),
  elsewhere: z
    .int()
    .describe("In places that the scenario leaves to others, one of which catches the same defect"),
  survived: z.int(),
  equivalent: z
    .int()
    .describe(
      "As right as the answer that was given: a value the server chooses, or the target's own business",
    ),
  score: z.number().min(0).max(1).describe("caught / (caught + survived); 0 when there is nothing to catch"),
};
const row = z.strictObject({ name: z.string(), ...count });
const operator = z.enum(Object.keys(OPERATORS) as [Operator, ...Operator[]]);

/** What `lockstep mutate --out` writes. */
export const mutationReport = z.strictObject({
  format: z.literal(MUTATION_FORMAT),
  tool: z.string(),
  oracle: z.string(),
  target: z.string(),
  at: z.iso.datetime(),
  suite: z.string().describe("SHA-256 over the digests of the scenarios, as in an outcome"),
  scenarios: z
    .record(z.string(), z.string())
    .describe("Digest of each scenario whose answers were altered, by its id"),
  mutated: z.int().describe("Cases that passed as they are, and were altered"),
  leftOut: z.array(z.strictObject({ id: z.string(), why: z.string() })),
  crossChecked: z.int(),
  disagreements: z.array(z.string()),
  total: z.strictObject(count),
  byMethod: z.array(row),
  byOperator: z.array(row),
  survivors: z.array(
    z.strictObject({
      case: z.string(),
      about: z.string(),
      operator,
      step: z.int(),
      pointer: z.string(),
      before: z.unknown(),
      after: z.unknown().optional(),
      why: z.string(),
      count: z.int(),
    }),
  ),
});
export type MutationReport = z.infer<typeof mutationReport>;

const scored = (counts: MutationCount) => ({ ...counts, score: mutationScore(counts) });

/** A run's findings as the report has them. */
export function mutationReportOf(
  run: MutationRun,
  header: Pick<MutationReport, "tool" | "oracle" | "target" | "at" | "suite" | "scenarios">,
): MutationReport {
  const { tally } = run;
  const rows = (kind: "about" | "operator") =>
    tally.by(kind).map(([name, counts]) => ({ name, ...scored(counts) }));
  return {
    format: MUTATION_FORMAT,
    ...header,
    mutated: run.mutated,
    leftOut: [...run.leftOut],
    crossChecked: run.crossChecked,
    disagreements: [...run.disagreements],
    total: scored(tally.total()),
    byMethod: rows("about"),
    byOperator: rows("operator"),
    survivors: tally.survivors(),
  };
}
