import type { CaseResult, Outcome } from "../outcome.ts";
import { LEVELS, type Level } from "../scenario/schema.ts";
import type { ReadEvidence } from "./evidence.ts";
import { stateOf, type Required, type RequiredState } from "./required-state.ts";
import type { ReasonType } from "./reasons.ts";

/** What runs are held against. */
export interface Question {
  readonly required: readonly Required[];
  /** Present id of a scenario, by each id it has or had. */
  readonly present: ReadonlyMap<string, string>;
  /** How many cases a scenario has, by its present id; absent where the suite is another than the frozen one. */
  readonly cases: ReadonlyMap<string, number>;
  readonly minimumLevel: Level;
  readonly allowWaived: number;
  readonly oracle: string;
  readonly target: string | undefined;
  readonly candidate: string | undefined;
  readonly now: Date;
}

/** A run that counts, and what it shows of each required scenario. */
export interface CountedRun {
  readonly file: string;
  readonly sha256: string;
  readonly outcome: Outcome;
  readonly states: ReadonlyMap<string, RequiredState>;
  /** Whether it ran to its end, undivided. */
  readonly isWhole: boolean;
  /** Whether it shows every required scenario as it should be. */
  readonly isGreen: boolean;
}

/** A file that does not count, and why; with the reason to give when that leaves too little. */
export interface NotCounted {
  readonly file: string;
  readonly sha256: string;
  readonly why: string;
  readonly type?: ReasonType;
}

/** Clocks of two machines may be apart by this much. */
export const CLOCK_SLACK_MS = 5 * 60_000;

/** The level that counts for a required scenario: the set's, or the policy's where that is the stronger one. */
export const neededLevel = (asked: Level, minimum: Level): Level =>
  LEVELS.indexOf(asked) >= LEVELS.indexOf(minimum) ? asked : minimum;

function statesOf(outcome: Outcome, question: Question): Map<string, RequiredState> {
  const cases = new Map<string, CaseResult[]>();
  for (const result of outcome.cases) {
    const id = question.present.get(result.scenario) ?? result.scenario;
    const list = cases.get(id);
    if (list === undefined) cases.set(id, [result]);
    else list.push(result);
  }
  return new Map(
    question.required.map((required) => {
      const { id } = required;
      const need = { ...required, level: neededLevel(required.level, question.minimumLevel) };
      return [id, stateOf(cases.get(id) ?? [], need, question.cases.get(id))];
    }),
  );
}

/** Required scenarios that the run took from another version of the suite. */
function otherScenarios({ evidence }: Outcome, { required, present }: Question): string[] {
  const digests = new Map(
    Object.entries(evidence.scenarios).map(([id, digest]) => [present.get(id) ?? id, digest]),
  );
  return required.flatMap(({ id, digest }) => {
    const ran = digests.get(id);
    return ran === undefined || ran === digest ? [] : [id];
  });
}

function refuse(outcome: Outcome, question: Question): Pick<NotCounted, "type" | "why"> | undefined {
  const { candidate, oracle, now } = question;
  const build = outcome.evidence.candidate;
  if (candidate === undefined || build === undefined) {
    return {
      type: "CandidateUnnamed",
      why: `it names ${build === undefined ? "no build" : `the build ${build}`}`,
    };
  }
  if (build !== candidate) {
    return { type: "CandidateDiffersFromReport", why: `it is of the build ${build}` };
  }
  if (outcome.oracle !== oracle) {
    return { type: "OracleVersionMismatch", why: `it was compared with ${outcome.oracle}` };
  }
  if (Date.parse(outcome.startedAt) > now.getTime() + CLOCK_SLACK_MS) {
    return { type: "EvidenceFromTheFuture", why: `it says it began at ${outcome.startedAt}` };
  }
  const [other, ...more] = otherScenarios(outcome, question);
  if (other === undefined) return undefined;
  const others = more.length === 0 ? "" : ` and ${more.length} more`;
  return { type: "SuiteMismatch", why: `its scenario ${other}${others} is not the one that was frozen` };
}

function isGreen(states: ReadonlyMap<string, RequiredState>, allowWaived: number): boolean {
  const all = [...states.values()];
  const waived = all.filter((state) => state === "waived").length;
  return all.every((state) => state === "ok" || state === "waived") && waived <= allowWaived;
}

/**
 * Parts the runs that count from those that don't.
 * @returns counted runs, the newest first. A run that ended early counts too, against the candidate alone: it is never green.
 */
export function gatherRuns(
  files: readonly ReadEvidence[],
  question: Question,
): { readonly runs: readonly CountedRun[]; readonly notCounted: readonly NotCounted[] } {
  const runs: CountedRun[] = [];
  const notCounted: NotCounted[] = [];
  const seen = new Map<string, string>();
  for (const { file, sha256, evidence } of files) {
    if (evidence.kind !== "run") continue;
    const { outcome } = evidence;
    if (question.target !== undefined && outcome.target.name !== question.target) {
      notCounted.push({ file, sha256, why: `it is of another target, ${outcome.target.name}` });
      continue;
    }
    const refusal = refuse(outcome, question);
    if (refusal !== undefined) {
      notCounted.push({ file, sha256, ...refusal });
      continue;
    }
    // The same run twice is no second run.
    const isWhole = !outcome.isPartial && outcome.shard === undefined;
    const name = `${outcome.startedAt} ${outcome.target.name} ${outcome.shard?.index ?? ""}`;
    const twin = seen.get(name);
    if (twin !== undefined) {
      notCounted.push({ file, sha256, why: `it is the same run as ${twin}` });
      continue;
    }
    seen.set(name, file);
    if (!isWhole) notCounted.push({ file, sha256, type: "PartialRun", why: "it is not a whole run" });
    const states = statesOf(outcome, question);
    runs.push({
      file,
      sha256,
      outcome,
      states,
      isWhole,
      isGreen: isWhole && isGreen(states, question.allowWaived),
    });
  }
  return {
    runs: runs.toSorted((a, b) => Date.parse(b.outcome.startedAt) - Date.parse(a.outcome.startedAt)),
    notCounted,
  };
}

const RED = new Set<RequiredState>(["failed", "departed", "flaky", "level"]);

/** Whether a run shows something wrong with the candidate. */
const isRed = ({ states }: CountedRun): boolean => [...states.values()].some((state) => RED.has(state));

/**
 * The green runs in a row that end with the newest one; a run that shows nothing wrong but is not whole is passed over.
 * @param runs the newest first.
 */
export function greenStreak(runs: readonly CountedRun[]): CountedRun[] {
  const streak: CountedRun[] = [];
  for (const run of runs) {
    if (run.isGreen) streak.push(run);
    else if (run.isWhole || isRed(run)) break;
  }
  return streak;
}
