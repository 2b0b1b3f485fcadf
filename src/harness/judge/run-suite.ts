import { SCOPES } from "../../contract/index.ts";
import { reachedLevel } from "../compare/index.ts";
import type { CaseResult, Diagnosis, Outcome } from "../outcome.ts";
import type { RecordingFile } from "../learn/index.ts";
import { runCases, type RanCase, type RunOptions } from "../run/index.ts";
import { planCases, type Level, type Selection, type Suite } from "../scenario/index.ts";
import { createDevice } from "../../wire/index.ts";
import { cleanUpAfterRun, diagnoseScopes } from "../staging/index.ts";
import type { Target } from "../target/index.ts";
import { worstOf } from "./combine.ts";
import { findCommonCauses } from "./common-cause.ts";
import { toDiagnoses } from "./diagnose.ts";
import { expectationOf } from "./expected-steps.ts";
import { EMPTY_STATE, inspectTarget, needsInspection, type Inspection } from "./inspect-target.ts";
import { judgeCase, missingRecording, withoutCapture, type CaseContext } from "./judge-case.ts";
import { concludeOutcome } from "./outcome.ts";
import type { Waiver } from "../waivers/index.ts";
import { contextOf, evidenceOf, refuseStaleRecordings, type SuiteContext } from "./suite-context.ts";
import { Waiving } from "./waiving.ts";

/** What is told while a run goes on. */
export interface RunListener {
  /** Before the first case: how many there are, and what the target calls itself. */
  readonly onPlan?: (plan: {
    readonly oracle: string;
    readonly server?: string | undefined;
    readonly cases: number;
    readonly scenarios: readonly string[];
    /** Ids of the cases, in the order in which the outcome will hold them. */
    readonly ids: readonly string[];
  }) => void;
  readonly onStart?: (caseId: string) => void;
  readonly onCase?: (result: CaseResult, done: number, total: number) => void;
  /** All cases of a scenario are judged. */
  readonly onScenario?: (scenario: string, results: readonly CaseResult[]) => void;
}

export interface SuiteRunOptions {
  readonly tool: string;
  readonly suite: Suite;
  /** `openclaw@2026.2.17` */
  readonly oracle: string;
  /** What that oracle was recorded to answer, by scenario id. */
  readonly recordings: ReadonlyMap<string, RecordingFile>;
  readonly target: Target;
  /** How cases are run; a parameter, so that this can be tested by itself. */
  readonly run?: (options: RunOptions) => AsyncIterable<RanCase>;
  readonly selection?: Selection;
  /** The level asked of every case; each scenario's own when absent. */
  readonly level?: Level | undefined;
  /** Levels asked of single scenarios, by id; they go before `level`. */
  readonly levels?: ReadonlyMap<string, Level> | undefined;
  /** What is accepted for a time (src/harness/waivers). */
  readonly waivers?: readonly Waiver[] | undefined;
  readonly concurrency?: number | undefined;
  /** Milliseconds to wait for an answer where a step says nothing. */
  readonly timeoutMs?: number | undefined;
  /** How many times each case runs; its worst result counts. */
  readonly repeat?: number | undefined;
  /** Stop at the first case that fails. */
  readonly bail?: boolean | undefined;
  /** Which build of the candidate this is, as the user names it. */
  readonly candidate?: string | undefined;
  /** Whether the user named a token. */
  readonly tokenGiven?: boolean;
  readonly repeatFlags?: readonly string[];
  readonly signal?: AbortSignal;
  readonly listener?: RunListener;
}

/** Collects results case by case and tells the listener. */
class Tally {
  readonly results = new Map<string, CaseResult>();
  readonly #contexts: ReadonlyMap<string, CaseContext>;
  readonly #left = new Map<string, number>();
  readonly #listener: RunListener;

  constructor(contexts: ReadonlyMap<string, CaseContext>, listener: RunListener) {
    this.#contexts = contexts;
    this.#listener = listener;
    for (const { planned } of contexts.values()) {
      this.#left.set(planned.scenario, (this.#left.get(planned.scenario) ?? 0) + 1);
    }
  }

  settle(result: CaseResult): void {
    this.results.set(result.id, result);
    this.#listener.onCase?.(result, this.results.size, this.#contexts.size);
    const left = (this.#left.get(result.scenario) ?? 1) - 1;
    this.#left.set(result.scenario, left);
    if (left === 0) this.#listener.onScenario?.(result.scenario, this.inOrder(result.scenario));
  }

  /** Contexts of cases that have no result yet. */
  open(): CaseContext[] {
    return [...this.#contexts.values()].filter(({ planned }) => !this.results.has(planned.id));
  }

  /** Results in the order of the plan. */
  inOrder(scenario?: string): CaseResult[] {
    return [...this.#contexts.values()].flatMap(({ planned }) =>
      scenario === undefined || planned.scenario === scenario ? (this.results.get(planned.id) ?? []) : [],
    );
  }
}

/** The verdict on a case; where the judge breaks over it, that is the harness's fault in this case and ends no other. */
function judgeSafely(...[context, run, durationMs, comparison]: Parameters<typeof judgeCase>): CaseResult {
  try {
    return judgeCase(context, run, durationMs, comparison);
  } catch (error) {
    const reason = `judging it failed: ${error instanceof Error ? error.message : String(error)}`;
    return withoutCapture(context, "fault", reason, { durationMs });
  }
}

/** Runs what has a recording, judges each case as it comes, and stops early when told to. */
async function runAndJudge(
  options: SuiteRunOptions,
  tally: Tally,
  contexts: ReadonlyMap<string, CaseContext>,
  waiving: Waiving,
  { granted, advertised }: Inspection,
) {
  const { run = runCases, suite, target, repeat = 1, bail = false, signal, timeoutMs, listener } = options;
  const recorded = planCases(suite, options.selection).filter(
    ({ id }) => contexts.get(id)?.recorded !== undefined,
  );
  const pending = new Map<string, CaseResult[]>();
  const stop = new AbortController();
  const ending = signal === undefined ? stop.signal : AbortSignal.any([stop.signal, signal]);
  const running = run({
    target,
    suite,
    cases: recorded.flatMap((planned) => Array.from({ length: repeat }, () => planned)),
    concurrency: options.concurrency ?? target.parallel,
    signal: ending,
    news: { granted, serves: advertised?.methods },
    expected: ({ id, scenario }, step) =>
      waiving.concerns(scenario) ? undefined : expectationOf(contexts.get(id), step),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(listener?.onStart === undefined ? {} : { onStart: ({ id }) => listener.onStart?.(id) }),
  });
  for await (const { planned, result, durationMs } of running) {
    const context = contexts.get(planned.id);
    // Ending a run cuts the connections of what still runs: such captures say nothing about the target.
    if (context === undefined || ending.aborted) continue;
    const comparison = { compare: waiving.comparisonOf(planned.scenario), reachedLevel };
    const judged = waiving.waive(judgeSafely(context, result, durationMs, comparison));
    const all = [...(pending.get(planned.id) ?? []), judged];
    if (all.length === repeat) {
      pending.delete(planned.id);
      tally.settle(worstOf(all));
    } else pending.set(planned.id, all);
    if (bail && judged.status === "fail") stop.abort();
  }
  for (const some of pending.values()) tally.settle(worstOf(some));
  return stop.signal.aborted ? "not run: --bail ended the run at the first failure" : undefined;
}

/** Settles every case that is still open with one reason. */
function settleOpen(
  tally: Tally,
  status: "fail" | "incomplete" | "fault",
  reason: string,
  log: readonly string[] = [],
) {
  for (const context of tally.open()) tally.settle(withoutCapture(context, status, reason, { logTail: log }));
}

function settleUnrecorded(tally: Tally): void {
  for (const context of tally.open()) {
    if (context.recorded !== undefined) continue;
    tally.settle(withoutCapture(context, "incomplete", missingRecording(context.planned)));
  }
}

const scenariosOf = (planned: readonly { readonly scenario: string }[]): string[] => [
  ...new Set(planned.map(({ scenario }) => scenario)),
];

/** Deletes what cases left on a target that others use too. */
async function tidyTarget(target: Target): Promise<Diagnosis[]> {
  if (target.shared?.log.wrote !== true) return [];
  const { url, token, device = createDevice(), scopes = SCOPES } = await target.launch(EMPTY_STATE, {});
  return cleanUpAfterRun(target.name, { url, token, device, scopes }, target.shared);
}

/**
 * Runs a selection of the suite against a target and says what was found. A target that speaks another dialect, or that
 * nobody can reach, gets one diagnosis and no cases.
 * @throws LockstepError NOTHING_SELECTED, RECORDING_INVALID, or what the target throws when it cannot be made.
 */
export async function runSuite(options: SuiteRunOptions): Promise<Outcome> {
  const startedAt = new Date();
  const { oracle, suite, recordings, target, listener = {} } = options;
  const common: SuiteContext = {
    suite,
    recordings,
    target: target.name,
    level: options.level,
    levels: options.levels,
    repeatFlags: options.repeatFlags ?? [],
  };
  const planned = planCases(suite, options.selection);
  const scenarios = scenariosOf(planned);
  const { shard, ...unsplit } = options.selection ?? {};
  const whole = shard === undefined ? scenarios : scenariosOf(planCases(suite, unsplit));
  refuseStaleRecordings(scenarios, common);
  const contexts = new Map(planned.map((one) => [one.id, contextOf(one, common)]));
  const runnable = planned.some(({ id }) => contexts.get(id)?.recorded !== undefined);
  const inspection: Inspection =
    runnable && needsInspection(target)
      ? await inspectTarget(target, options.tokenGiven ?? false)
      : { findings: [] };
  const { server, unreachable, findings } = inspection;
  listener.onPlan?.({ oracle, server, cases: planned.length, scenarios, ids: [...contexts.keys()] });

  const fatal = findings.find((finding) => finding.fatal);
  // One diagnosis speaks for all cases: nobody is told of each.
  const isHalted = unreachable !== undefined || fatal !== undefined;
  const tally = new Tally(contexts, isHalted ? {} : listener);
  const waiving = new Waiving(options.waivers ?? [], suite, recordings, startedAt);
  const diagnoses: Diagnosis[] = [];
  let isPartial = false;
  if (unreachable !== undefined) {
    settleOpen(tally, "incomplete", "the target was never reached");
    const detail = [unreachable.reason, ...unreachable.log].join("\n  ");
    diagnoses.push({ title: "the target was never reached", detail, explains: planned.length });
  } else if (fatal !== undefined) {
    // Whom a gateway that runs already lets in is its owner's affair: a stale secret says nothing about its answers.
    const isLockedOut = target.kind === "url" && fatal.aboutAccess === true;
    settleOpen(tally, isLockedOut ? "incomplete" : "fail", `diagnosis: ${fatal.title}`);
  } else {
    settleUnrecorded(tally);
    const early = await runAndJudge(options, tally, contexts, waiving, inspection).finally(
      // Also when the run breaks off: what it made is not the next one's business.
      async () => diagnoses.push(...(await tidyTarget(target))),
    );
    // Somebody has to look at what stayed behind: such a run is not done.
    isPartial = early !== undefined || options.signal?.aborted === true || diagnoses.length > 0;
    if (early !== undefined) settleOpen(tally, "incomplete", early);
    else if (options.signal?.aborted === true) settleOpen(tally, "incomplete", "interrupted");
    else settleOpen(tally, "fault", "the runner gave no result for this case");
  }
  const cases = tally.inOrder();
  diagnoses.push(...toDiagnoses(findings, cases), ...findCommonCauses(cases), ...diagnoseScopes(cases));
  return concludeOutcome(
    {
      tool: options.tool,
      oracle,
      target: { name: target.name, kind: target.kind, ...(server === undefined ? {} : { server }) },
      startedAt: startedAt.toISOString(),
      durationMs: Date.now() - startedAt.getTime(),
      level: options.level ?? "exact",
      evidence: evidenceOf(scenarios, suite, options.candidate, whole),
      ...(shard === undefined ? {} : { shard }),
      isPartial,
    },
    cases,
    diagnoses,
    waiving.findings(),
  );
}
