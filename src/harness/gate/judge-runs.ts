import { plural } from "../report/text.ts";
import type { GatePolicy } from "./policy.ts";
import { reason, type Reason, type ReasonType } from "./reasons.ts";
import { greenStreak, type CountedRun, type NotCounted, type Question } from "./history.ts";
import type { RequiredState } from "./required-state.ts";
import { daysSince } from "./days.ts";

/** Required scenarios that the newest run which judged them shows in a state. */
function judgeNewest(runs: readonly CountedRun[], question: Question): Map<RequiredState, string[]> {
  const found = new Map<RequiredState, string[]>();
  for (const { id } of question.required) {
    const judged = runs
      .map(({ states }) => states.get(id))
      .find((state) => state !== undefined && state !== "never" && state !== "fault");
    if (judged !== undefined) found.set(judged, [...(found.get(judged) ?? []), id]);
  }
  return found;
}

/** What one whole run lacks, or its harness broke. */
function judgeGaps(newest: CountedRun, question: Question): Reason[] {
  const inState = (state: RequiredState) =>
    question.required.filter(({ id }) => newest.states.get(id) === state).map(({ id }) => id);
  const never = inState("never");
  const faults = inState("fault");
  const all = question.required.length;
  return [
    ...(never.length === 0
      ? []
      : [
          reason(
            "RequiredScenarioNeverRan",
            `all ${plural(all, "required scenario")} run to their end`,
            `${never.length} did not in ${newest.file}`,
            never,
          ),
        ]),
    ...(faults.length === 0
      ? []
      : [reason("HarnessFault", "no fault of lockstep's own", `${faults.length} in ${newest.file}`, faults)]),
  ];
}

function judgeWaivers(newest: CountedRun, question: Question): Reason[] {
  const required = new Set(question.required.map(({ id }) => id));
  const { waivers } = newest.outcome;
  const ofRequired = waivers.filter(({ scenario }) =>
    required.has(question.present.get(scenario) ?? scenario),
  );
  const today = question.now.toISOString().slice(0, 10);
  const expired = ofRequired.filter(
    ({ state, expires }) =>
      state === "expired" || (state === "used" && expires !== undefined && expires < today),
  );
  if (expired.length === 0) return [];
  const names = expired.map(({ id, expires }) => `${id} (${expires ?? "no date"})`);
  return [
    reason("WaiverExpired", "no expired waiver on a required scenario", `${expired.length} expired`, names),
  ];
}

const WRONG = new Set<RequiredState | undefined>(["failed", "departed", "flaky"]);

/** Scenarios that pass by now and failed in one of the runs that have to be green, with the same build. */
function judgeFlakes(
  runs: readonly CountedRun[],
  newest: ReadonlyMap<RequiredState, readonly string[]>,
  greenRuns: number,
): string[] {
  const window = runs.slice(0, greenRuns);
  const passing = [...(newest.get("ok") ?? []), ...(newest.get("waived") ?? [])];
  const flaky = passing.filter((id) => window.some(({ states }) => WRONG.has(states.get(id))));
  return [...(newest.get("flaky") ?? []), ...flaky];
}

function judgeScenarios(runs: readonly CountedRun[], question: Question, policy: GatePolicy): Reason[] {
  const newest = judgeNewest(runs, question);
  const all = plural(question.required.length, "required scenario");
  const reasons: Reason[] = [];
  const add = (type: ReasonType, expected: string, found: string, ids: readonly string[]) => {
    if (ids.length > 0) reasons.push(reason(type, expected, found, ids));
  };
  const failed = newest.get("failed") ?? [];
  const departed = newest.get("departed") ?? [];
  const level = newest.get("level") ?? [];
  const waived = newest.get("waived") ?? [];
  const flaky = judgeFlakes(runs, newest, policy.greenRuns);
  add("RequiredScenarioFailed", `no difference in ${all}`, `${failed.length} differ`, failed);
  add(
    "DepartureNotAllowed",
    `no departure in ${all} that the set does not list`,
    `${departed.length} depart elsewhere`,
    departed,
  );
  add("RequiredLevelNotReached", `each of ${all} at its level`, `${level.length} below it`, level);
  add(
    "FlakyRequired",
    "the same answer in every run",
    `${flaky.length} pass and fail with the same build`,
    flaky,
  );
  if (waived.length > policy.allowWaived) {
    add("WaiverOnRequired", `at most ${policy.allowWaived} waived`, `${waived.length} waived`, waived);
  }
  return reasons;
}

function judgeStreak(streak: readonly CountedRun[], policy: GatePolicy): Reason[] {
  const { greenRuns, overDays } = policy;
  const [last] = streak;
  const first = streak.at(-1);
  const reasons: Reason[] = [];
  if (streak.length < greenRuns) {
    reasons.push(
      reason(
        "TooFewGreenRuns",
        `${greenRuns} green runs in a row, the newest among them`,
        `${streak.length}`,
      ),
    );
  }
  if (first !== undefined && last !== undefined && overDays > 0) {
    const days = daysSince(first.outcome.startedAt, new Date(last.outcome.startedAt));
    if (days < overDays) {
      const found = `${plural(streak.length, "green run")} over ${days.toFixed(1)} days`;
      reasons.push(reason("GreenRunsTooClose", `green runs over ${overDays} days`, found));
    }
  }
  return reasons;
}

/** Why files were left out, one reason for each type. */
function explain(notCounted: readonly NotCounted[], question: Question): Reason[] {
  const types = [...new Set(notCounted.flatMap(({ type }) => type ?? []))];
  return types.map((type) => {
    const files = notCounted.filter((one) => one.type === type);
    const expected =
      type === "OracleVersionMismatch"
        ? `runs compared with ${question.oracle}`
        : type === "CandidateDiffersFromReport"
          ? `runs of the build ${question.candidate ?? ""}`
          : "runs that can be counted";
    return reason(
      type,
      expected,
      `${plural(files.length, "report")} left out`,
      files.map(({ file, why }) => `${file}: ${why}`),
    );
  });
}

/**
 * What the history of runs says against a yes.
 * @param runs those that count, the newest first.
 */
export function judgeRuns(
  runs: readonly CountedRun[],
  notCounted: readonly NotCounted[],
  question: Question,
  policy: GatePolicy,
): Reason[] {
  const newest = runs.find(({ isWhole }) => isWhole);
  const streak = judgeStreak(greenStreak(runs), policy);
  const reasons = judgeScenarios(runs, question, policy);
  if (newest === undefined) {
    if (runs.length === 0)
      reasons.push(reason("EvidenceMissing", "reports of runs (outcome.json)", "none that counts"));
  } else {
    reasons.push(...judgeGaps(newest, question), ...judgeWaivers(newest, question));
    const days = daysSince(newest.outcome.startedAt, question.now);
    if (days > policy.maxEvidenceAgeDays) {
      const expected = `a run of the last ${policy.maxEvidenceAgeDays} days`;
      reasons.push(
        reason("EvidenceTooOld", expected, `the newest is ${days.toFixed(1)} days old`, [newest.file]),
      );
    }
  }
  // What was left out matters only where it is missed.
  return [...reasons, ...streak, ...(streak.length > 0 ? explain(notCounted, question) : [])];
}
