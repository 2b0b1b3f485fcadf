import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { LockstepError } from "../contract/index.ts";
import { reachedLevel } from "./compare/index.ts";
import { satisfies } from "./judge/levels.ts";
import { concludeOutcome } from "./judge/outcome.ts";
import { OUTCOME_FORMAT, type CaseResult, type CaseStatus, type Outcome } from "./outcome.ts";
import { outcomeFile, type OutcomeFile } from "./outcome-schema.ts";

const HINT = "make it anew: lockstep run ... --reporter json=outcome.json";
/** Most problems one error lists. */
const MOST_PROBLEMS = 5;

const fail = (message: string, cause?: unknown): never => {
  throw new LockstepError("OUTCOME_INVALID", message, { hint: HINT, cause });
};

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return fail(`${name} is no JSON, or is cut off`, error);
  }
}

const formatOf = (value: unknown): unknown =>
  typeof value === "object" && value !== null && "format" in value ? value.format : undefined;

/** Statuses that stand for a level that was reached. */
const REACHING = new Set<CaseStatus>(["pass", "departure"]);

/** What is wrong with a case by itself, or nothing. */
function contradictionIn({ status, reached, required, differences }: CaseResult): string | undefined {
  const isReached = satisfies(reached, required);
  const fits = reached === "none" || satisfies(reachedLevel(differences), reached);
  if (!fits) return `is said to reach ${reached}, with differences below that`;
  if (REACHING.has(status) && !isReached) return `is said to ${status}, without the level it needs`;
  return status === "fail" && isReached ? `is said to fail at the level it needs` : undefined;
}

function refuseOddCases(cases: readonly CaseResult[], name: string): void {
  const seen = new Set<string>();
  for (const result of cases) {
    if (seen.has(result.id)) fail(`${name}: the case ${result.id} is there twice`);
    seen.add(result.id);
    const wrong = contradictionIn(result);
    if (wrong !== undefined) fail(`${name}: the case ${result.id} ${wrong}`);
  }
}

/** Counts, verdict and exit code have to follow from the cases, or somebody edited the file. */
function refuseContradiction(outcome: Outcome, name: string): void {
  const { cases, diagnoses, waivers, ...header } = outcome;
  refuseOddCases(cases, name);
  const { totals, verdict, exitCode } = concludeOutcome(header, cases, diagnoses, waivers);
  if (!isDeepStrictEqual(totals, outcome.totals)) {
    fail(`${name}: the totals are not those of its ${cases.length} cases`);
  }
  if (verdict !== outcome.verdict || exitCode !== outcome.exitCode) {
    fail(
      `${name}: it says ${outcome.verdict} (exit ${outcome.exitCode}), but its cases conclude ${verdict} (exit ${exitCode})`,
    );
  }
}

/**
 * Reads an outcome as `--reporter json` writes it.
 * @param text content of the file.
 * @param name of the file, for messages.
 * @throws LockstepError OUTCOME_INVALID when it is no JSON, of another format, or contradicts itself.
 */
export function readOutcome(text: string, name: string): Outcome {
  const value = parse(text, name);
  const format = formatOf(value);
  if (format !== OUTCOME_FORMAT) {
    const found = format === undefined ? "no `format`" : `the format ${JSON.stringify(format)}`;
    fail(`${name} has ${found}; an outcome has ${JSON.stringify(OUTCOME_FORMAT)}`);
  }
  const checked = outcomeFile.safeParse(value);
  if (!checked.success) {
    const { issues } = checked.error;
    const shown = issues
      .slice(0, MOST_PROBLEMS)
      .map(({ path, message }) => `${name}: ${z.core.toDotPath(path) || "the file"}: ${message}`);
    const more = issues.length - shown.length;
    return fail([...shown, ...(more > 0 ? [`and ${more} more`] : [])].join("\n"));
  }
  // The value as it was read: the schema's copy would lack members called `__proto__`.
  const outcome: Outcome = value as OutcomeFile;
  refuseContradiction(outcome, name);
  return outcome;
}
