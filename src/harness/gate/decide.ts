import type { RequirementSet } from "../requirements/index.ts";
import { DECISION_FORMAT, type Decision } from "./decision.ts";
import type { ReadEvidence } from "./evidence.ts";
import { gatherRuns, greenStreak, type CountedRun, type Question } from "./history.ts";
import { judgeExtras } from "./judge-extras.ts";
import { judgeRuns } from "./judge-runs.ts";
import { policyDeviations, type GatePolicy } from "./policy.ts";
import { reason, type Reason } from "./reasons.ts";

export interface GateInput {
  readonly tool: string;
  readonly now: Date;
  readonly set: RequirementSet;
  /** SHA-256 of the set's file, in hex. */
  readonly setSha256: string;
  /** Present id of every scenario of the suite, by each id it has or had. */
  readonly present: ReadonlyMap<string, string>;
  /** How many cases each scenario has that is still what was frozen, by its present id. */
  readonly cases: ReadonlyMap<string, number>;
  readonly policy: GatePolicy;
  /** SHA-256 of the policy's file; absent for the defaults. */
  readonly policySha256?: string | undefined;
  readonly files: readonly ReadEvidence[];
  /** The build asked about; that of the policy, else of the newest run, when absent. */
  readonly candidate?: string | undefined;
  /** The target's name; that of all runs, when they have just one, when absent. */
  readonly target?: string | undefined;
}

const outcomesOf = (files: readonly ReadEvidence[]) =>
  files.flatMap(({ evidence }) => (evidence.kind === "run" ? [evidence.outcome] : []));

/** The target the reports are about, or the reason why it cannot be told. */
function findTarget({ files, target, candidate }: GateInput): {
  target?: string | undefined;
  reasons: Reason[];
} {
  if (target !== undefined) return { target, reasons: [] };
  const outcomes = outcomesOf(files).filter(
    ({ evidence }) => candidate === undefined || evidence.candidate === candidate,
  );
  const names = [...new Set(outcomes.map((outcome) => outcome.target.name))].sort();
  if (names.length <= 1) return { target: names[0], reasons: [] };
  return {
    target: names[0],
    reasons: [reason("TargetAmbiguous", "reports of one target", String(names.length), names)],
  };
}

function findCandidate(input: GateInput, target: string | undefined): string | undefined {
  const given = input.candidate ?? input.policy.candidate;
  if (given !== undefined) return given;
  return outcomesOf(input.files)
    .filter((outcome) => outcome.target.name === target)
    .toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : -1))[0]?.evidence.candidate;
}

function departuresOf(run: CountedRun | undefined): Decision["departures"] {
  const groups = new Map<string, { scenario: string; why: string; ids: Set<string> }>();
  for (const result of run?.outcome.cases ?? []) {
    for (const { why } of result.departures) {
      const key = `${result.scenario}\n${why}`;
      const group = groups.get(key) ?? { scenario: result.scenario, why, ids: new Set() };
      group.ids.add(result.id);
      groups.set(key, group);
    }
  }
  return [...groups.values()].map(({ scenario, why, ids }) => ({ scenario, cases: ids.size, why }));
}

function waiversOf(run: CountedRun | undefined, { required, present }: Question): Decision["waivers"] {
  const ids = new Set(required.map(({ id }) => id));
  return (run?.outcome.waivers ?? []).map(({ id, scenario, state, message }) => ({
    id,
    scenario,
    state,
    message,
    isRequired: ids.has(present.get(scenario) ?? scenario),
  }));
}

function unreadable(files: readonly ReadEvidence[]): Reason[] {
  const subjects = files.flatMap(({ file, evidence }) =>
    evidence.kind === "unreadable" ? [`${file}: ${evidence.why}`] : [],
  );
  if (subjects.length === 0) return [];
  return [reason("EvidenceUnreadable", "reports that can be read", String(subjects.length), subjects)];
}

/** A set that demands nothing proves nothing. */
const emptiness = ({ required }: Question): Reason[] =>
  required.length > 0
    ? []
    : [reason("RequiredScenarioNeverRan", "at least one required scenario", "the requirement set is empty")];

/** Any `no` wins over any `unknown`; without either it is yes. */
function answerOf(reasons: readonly Reason[]): Pick<Decision, "answer" | "exitCode"> {
  if (reasons.some(({ severity }) => severity === "no")) return { answer: "no", exitCode: 1 };
  if (reasons.length > 0) return { answer: "unknown", exitCode: 3 };
  return { answer: "yes", exitCode: 0 };
}

function questionOf(input: GateInput, target: string | undefined): Question {
  const { set, policy, present, cases, now } = input;
  return {
    required: Object.entries(set.scenarios).map(([id, { level, digest, departures = [] }]) => ({
      id: present.get(id) ?? id,
      level,
      digest,
      departures,
    })),
    present,
    cases,
    target,
    now,
    minimumLevel: policy.minimumLevel,
    allowWaived: policy.allowWaived,
    oracle: policy.oracle ?? set.oracle,
    candidate: findCandidate(input, target),
  };
}

function describe(
  question: Question,
  runs: readonly CountedRun[],
): Pick<Decision, "required" | "green" | "waivers" | "departures"> {
  const newest = runs.find(({ isWhole }) => isWhole);
  const states = [...(newest?.states.values() ?? [])];
  const ok = states.filter((state) => state === "ok").length;
  const waived = states.filter((state) => state === "waived").length;
  const streak = greenStreak(runs);
  return {
    required: { ok, waived, other: question.required.length - ok - waived },
    green: {
      runs: streak.length,
      first: streak.at(-1)?.outcome.startedAt ?? null,
      last: streak[0]?.outcome.startedAt ?? null,
    },
    waivers: waiversOf(newest, question),
    departures: departuresOf(newest),
  };
}

/**
 * Whether a candidate may replace the oracle (docs/gate-owners.md): yes, no, or nobody can tell. Never yes for want of
 * evidence.
 */
export function decide(input: GateInput): Decision {
  const { set, policy, files } = input;
  const named = findTarget({ ...input, candidate: input.candidate ?? policy.candidate });
  const question = questionOf(input, named.target);
  const { runs, notCounted } = gatherRuns(files, question);
  const extras = judgeExtras(files, question, policy);
  const found = [...emptiness(question), ...judgeRuns(runs, notCounted, question, policy), ...extras.reasons];
  // Of several targets nobody knows whose faults these are.
  const reasons = [...(named.reasons.length > 0 ? named.reasons : found), ...unreadable(files)].toSorted(
    (a, b) => (a.severity === b.severity ? 0 : a.severity === "no" ? -1 : 1),
  );
  const others = files.flatMap(({ file, sha256, evidence }) =>
    evidence.kind === "other" || evidence.kind === "unreadable" ? [{ file, sha256, why: evidence.why }] : [],
  );
  return {
    format: DECISION_FORMAT,
    tool: input.tool,
    decidedAt: input.now.toISOString(),
    ...answerOf(reasons),
    oracle: question.oracle,
    target: named.target ?? null,
    candidate: question.candidate ?? null,
    requirements: {
      set: set.set,
      frozen: set.frozen,
      sha256: input.setSha256,
      scenarios: question.required.length,
    },
    policy: {
      sha256: input.policySha256 ?? null,
      values: { ...policy },
      deviations: policyDeviations(policy),
    },
    reasons: reasons.map((one) => ({ ...one, subjects: [...one.subjects] })),
    ...describe(question, runs),
    counted: [
      ...runs.map(({ file, sha256, outcome }) => ({ kind: "run", file, sha256, at: outcome.startedAt })),
      ...extras.counted,
    ],
    notCounted: [...notCounted, ...extras.notCounted, ...others].map(({ file, sha256, why }) => ({
      file,
      sha256,
      why,
    })),
  };
}
