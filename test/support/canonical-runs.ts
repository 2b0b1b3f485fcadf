import type { CaseResult, Outcome } from "../../src/harness/outcome.ts";
import { concludeOutcome } from "../../src/harness/judge/outcome.ts";
import {
  caseResult,
  departing,
  dialect,
  failing,
  faulty,
  flaky,
  incomplete,
  notApplicable,
  outcomeOf,
  staleWaiver,
  usedWaiver,
  waived,
} from "./outcomes.ts";

const passing = caseResult({ id: "health/plain", title: "Health answers", covers: ["health"] });
const expired = {
  ...staleWaiver,
  state: "expired",
  message: "expired on 2026-01-31: mend it or renew it",
} as const;
const unmatched = { ...staleWaiver, state: "unmatched", message: "there is no such scenario" } as const;
const steady = { ...passing, id: "health/steady", attempts: ["pass", "pass"] } as const satisfies CaseResult;

/** The same run as a part of one that ended early. */
function partial(outcome: Outcome): Outcome {
  const { cases, diagnoses, waivers, ...header } = outcome;
  return concludeOutcome(
    { ...header, isPartial: true, shard: { index: 2, count: 4 } },
    cases,
    diagnoses,
    waivers,
  );
}

/** Every way a run can end. */
export const CANONICAL_RUNS: readonly (readonly [name: string, outcome: Outcome, exitCode: number])[] = [
  ["pass", outcomeOf([passing, steady]), 0],
  ["departure", outcomeOf([passing, departing]), 0],
  ["waived", outcomeOf([passing, waived], [], [usedWaiver]), 0],
  ["not applicable beside a pass", outcomeOf([passing, notApplicable]), 0],
  ["fail", outcomeOf([passing, failing]), 1],
  [
    "fail by diagnosis",
    outcomeOf([{ ...failing, differences: [], reason: "see the diagnosis" }], [dialect]),
    1,
  ],
  ["fail and incomplete and a stale waiver", outcomeOf([failing, incomplete], [], [staleWaiver]), 1],
  ["flaky", outcomeOf([passing, flaky]), 1],
  ["an expired waiver", outcomeOf([passing, failing], [], [expired]), 1],
  ["incomplete", outcomeOf([passing, incomplete]), 3],
  ["interrupted", partial(outcomeOf([passing, { ...incomplete, reason: "interrupted" }])), 3],
  ["a part is missing", partial(outcomeOf([passing])), 3],
  ["nothing applicable", outcomeOf([notApplicable]), 3],
  ["nothing at all", outcomeOf([]), 3],
  ["hygiene: stale", outcomeOf([passing, waived], [], [usedWaiver, staleWaiver]), 4],
  ["hygiene: unmatched", outcomeOf([passing], [], [unmatched]), 4],
  ["hygiene: expired", outcomeOf([passing], [], [expired]), 4],
  ["fault", outcomeOf([passing, failing, incomplete, faulty]), 5],
];
