import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LockstepError } from "../../contract/index.ts";
import { compare } from "../compare/index.ts";
import { caseOf, RECORDING_FORMAT, secretsOf, type RecordingFile } from "../learn/index.ts";
import { runCases } from "../run/index.ts";
import {
  expandCases,
  fixturesOf,
  scenarioDigest,
  type ExpandedCase,
  type ScenarioFile,
  type Suite,
} from "../scenario/index.ts";
import type { Target } from "../target/types.ts";
import { conditionsOf, variedFor } from "./conditions.ts";
import {
  readRecording,
  recordingPath,
  recordingText,
  removePending,
  writePending,
  PENDING,
} from "./files.ts";
import { movesOf } from "./moves.ts";
import {
  PARITY_CAPTURES,
  recordCases,
  type CaptureRound,
  type Recorder,
  type Refusal,
  type RoundResult,
} from "./recorder.ts";
import { scanSecrets } from "./secret-scan.ts";

/** Longest pause between two steps, so that clock readings of different steps differ. */
const JITTER_MS = 12;

export interface RecordOptions {
  readonly suite: Suite;
  /** As `planCases` gives them. */
  readonly cases: readonly ExpandedCase[];
  /** The oracle. */
  readonly target: Target;
  readonly oracle: RecordingFile["oracle"];
  /** The tool's name and version, for the header. */
  readonly tool: string;
  /** The environment; nothing is recorded where CI is set. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly concurrency?: number;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Hears of every case of every round; rounds are counted from 1. */
  readonly onRan?: (planned: ExpandedCase, round: number) => void;
  readonly now?: () => Date;
  /** How cases are run; a parameter, so that the recorder can be tested by itself. */
  readonly run?: typeof runCases;
}

/** What became of the scenarios. */
export interface RecordReport {
  /** Waiting for review. */
  readonly written: readonly { readonly scenario: string; readonly file: string }[];
  /** The accepted recording still says what the oracle does. */
  readonly unchanged: readonly string[];
  readonly refused: readonly {
    readonly scenario: string;
    readonly cases: readonly { readonly id: string; readonly refusal: Refusal }[];
    /** Cases of the scenario that have no recording and were not asked for. */
    readonly missing: readonly string[];
  }[];
}

/** @throws LockstepError RECORD_IN_CI where the environment says so */
export function refuseInCi(env: Readonly<Record<string, string | undefined>>): void {
  const ci = env["CI"];
  if (ci === undefined || ci === "" || ci === "false" || ci === "0") return;
  throw new LockstepError("RECORD_IN_CI", "recordings are made by people, not by CI", {
    hint: "Record on your own machine, review, and commit what you accepted.",
  });
}

/**
 * Records what the oracle answers and leaves it for review beside the accepted recordings, as `*.json.new`. Every
 * round runs all cases at once, since launches cost most.
 * @throws LockstepError RECORD_IN_CI, SECRET_IN_RECORDING, RECORDING_INVALID, and what concerns the whole run
 */
export async function recordScenarios(options: RecordOptions): Promise<RecordReport> {
  refuseInCi(options.env);
  const base = await mkdtemp(join(tmpdir(), "lockstep-record-"));
  try {
    const recorders = await recordCases(options.cases, options.suite, roundsOf(options, base));
    if (options.signal?.aborted === true) {
      throw new LockstepError("TARGET_UNREACHABLE", "the recording was interrupted; nothing was written");
    }
    return await keep(recorders, options);
  } finally {
    await rm(base, { recursive: true, force: true });
  }
}

function roundsOf(options: RecordOptions, base: string): CaptureRound {
  const { suite, target, signal, timeoutMs } = options;
  const run = options.run ?? runCases;
  return async (cases, round) => {
    const seen = new Map<ExpandedCase, RoundResult>();
    if (cases.length === 0) return seen;
    const running = run({
      suite,
      target,
      cases,
      concurrency: options.concurrency ?? target.parallel,
      conditions: conditionsOf(round, base),
      jitterMs: JITTER_MS,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(signal === undefined ? {} : { signal }),
    });
    for await (const { planned, result } of running) {
      seen.set(planned, result.ok ? { capture: result.capture } : { failure: result.failure });
      options.onRan?.(planned, round + 1);
    }
    return seen;
  };
}

const secretsSeen = ({ captures }: Recorder) => captures.flatMap((capture) => [...secretsOf(capture)]);

async function keep(recorders: readonly Recorder[], options: RecordOptions): Promise<RecordReport> {
  const written: { scenario: string; file: string }[] = [];
  const unchanged: string[] = [];
  const refused: RecordReport["refused"][number][] = [];
  for (const id of new Set(recorders.map(({ planned }) => planned.scenario))) {
    const scenario = options.suite.scenarios.get(id)?.data;
    if (scenario === undefined) throw new LockstepError("HARNESS_FAULT", `no scenario ${id}`);
    const own = recorders.filter(({ planned }) => planned.scenario === id);
    const path = recordingPath({ oracle: options.oracle, scenario: id });
    const accepted = await readRecording(options.suite.root, path);
    const pending = await readRecording(options.suite.root, path + PENDING);
    const fresh = assemble(own, scenario, [pending, accepted], options);
    if ("refused" in fresh) refused.push({ scenario: id, ...fresh.refused });
    else if (accepted !== undefined && stillTrue(accepted, fresh.recording, own)) {
      await removePending(options.suite.root, path);
      unchanged.push(id);
    } else {
      const text = recordingText(fresh.recording);
      scanSecrets(text, new Set(own.flatMap(secretsSeen)), path);
      await writePending(options.suite.root, path, text);
      written.push({ scenario: id, file: path + PENDING });
    }
  }
  return { written, unchanged, refused };
}

/** The file of a scenario: the cases recorded now, and earlier ones of the same meaning that were not asked for. */
function assemble(
  recorders: readonly Recorder[],
  scenario: ScenarioFile,
  earlier: readonly (RecordingFile | undefined)[],
  options: RecordOptions,
): { recording: RecordingFile } | { refused: Omit<RecordReport["refused"][number], "scenario"> } {
  const digest = scenarioDigest(scenario, fixturesOf(scenario, options.suite));
  const cases: RecordingFile["cases"] = {};
  const refusals: { id: string; refusal: Refusal }[] = [];
  for (const { planned, recorded, refusal } of recorders) {
    if (refusal !== undefined) refusals.push({ id: planned.id, refusal });
    else if (recorded !== undefined) cases[planned.case] = recorded;
  }
  const missing: string[] = [];
  const asked = new Set(recorders.map(({ planned }) => planned.case));
  for (const { case: name, id } of expandCases(scenario)) {
    if (asked.has(name)) continue;
    const kept = earlier.find((file) => file?.digest === digest && Object.hasOwn(file.cases, name));
    const recorded = caseOf(kept, name);
    if (recorded === undefined) missing.push(id);
    else cases[name] = recorded;
  }
  if (refusals.length > 0 || missing.length > 0) return { refused: { cases: refusals, missing } };
  const runs = Math.min(...recorders.map(({ captures }) => captures.length)) - PARITY_CAPTURES;
  return {
    recording: {
      format: RECORDING_FORMAT,
      scenario: scenario.id,
      digest,
      oracle: options.oracle,
      recorded: {
        at: (options.now?.() ?? new Date()).toISOString(),
        tool: options.tool,
        runs,
        varied: variedFor(options.target),
        selfParity: `${PARITY_CAPTURES}/${PARITY_CAPTURES}`,
      },
      cases,
    },
  };
}

/** Whether an accepted recording needs no successor: nothing moved, and every new capture agrees with it. */
function stillTrue(accepted: RecordingFile, fresh: RecordingFile, recorders: readonly Recorder[]): boolean {
  const names = Object.keys(fresh.cases);
  if (accepted.digest !== fresh.digest || names.length !== Object.keys(accepted.cases).length) return false;
  const moved = names.some((name) => {
    const [before, after] = [caseOf(accepted, name), caseOf(fresh, name)];
    return before === undefined || after === undefined || movesOf(name, before, after).length > 0;
  });
  if (moved) return false;
  return recorders.every(({ planned, captures }) => {
    const recorded = caseOf(accepted, planned.case);
    return recorded !== undefined && captures.every((capture) => compare(capture, recorded).length === 0);
  });
}
