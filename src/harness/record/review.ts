import { LockstepError } from "../../contract/index.ts";
import { caseOf, type RecordingFile } from "../learn/index.ts";
import { expandCases, fixturesOf, scenarioDigest, type Suite } from "../scenario/index.ts";
import {
  acceptPending,
  readAccepted,
  readPending,
  readRecording,
  removePending,
  type StoredRecording,
} from "./files.ts";
import { movesOf, type Move } from "./moves.ts";

/** A recording that waits for review, held against the accepted one. */
export interface PendingReview {
  readonly scenario: string;
  /** The accepted recording's path below the suite's root. */
  readonly file: string;
  readonly recording: RecordingFile;
  /** There is no accepted recording yet. */
  readonly isNew: boolean;
  /** The scenario itself changed, so that another answer is to be expected. */
  readonly scenarioChanged: boolean;
  readonly casesAdded: readonly string[];
  readonly casesRemoved: readonly string[];
  /** Cases that both have: what moved in them, renamed symbols aside. */
  readonly moves: readonly Move[];
}

function reviewOne(
  file: string,
  recording: RecordingFile,
  accepted: RecordingFile | undefined,
): PendingReview {
  const before = accepted?.cases ?? {};
  const names = Object.keys(recording.cases);
  return {
    scenario: recording.scenario,
    file,
    recording,
    isNew: accepted === undefined,
    scenarioChanged: accepted !== undefined && accepted.digest !== recording.digest,
    casesAdded: names.filter((name) => !Object.hasOwn(before, name)),
    casesRemoved: Object.keys(before).filter((name) => !Object.hasOwn(recording.cases, name)),
    moves: names.flatMap((name) => {
      const [old, fresh] = [caseOf(accepted, name), caseOf(recording, name)];
      return old === undefined || fresh === undefined ? [] : movesOf(name, old, fresh);
    }),
  };
}

/**
 * All recordings below a suite's root that wait for review, and what moved in each.
 * @throws LockstepError RECORDING_INVALID
 */
export async function review(root: string): Promise<PendingReview[]> {
  const pending = await readPending(root);
  return Promise.all(
    pending.map(async ({ file, recording }) => reviewOne(file, recording, await readRecording(root, file))),
  );
}

async function choose(root: string, scenarios: readonly string[]): Promise<StoredRecording[]> {
  const pending = await readPending(root);
  const unknown = scenarios.filter((id) => !pending.some(({ recording }) => recording.scenario === id));
  if (unknown.length > 0) {
    throw new LockstepError("USAGE", `no recording of ${unknown.join(", ")} waits for review`, {
      hint: "`lockstep review` lists those that do",
    });
  }
  return pending.filter(({ recording }) => scenarios.includes(recording.scenario));
}

/**
 * Makes pending recordings of these scenarios the accepted ones.
 * @returns the files that now hold them
 * @throws LockstepError USAGE for a scenario that has none; nothing is accepted then
 */
export async function accept(root: string, scenarios: readonly string[]): Promise<string[]> {
  const chosen = await choose(root, scenarios);
  for (const { file } of chosen) await acceptPending(root, file);
  return chosen.map(({ file }) => file);
}

/**
 * Deletes pending recordings of these scenarios; the accepted ones stay.
 * @throws LockstepError USAGE for a scenario that has none; nothing is deleted then
 */
export async function reject(root: string, scenarios: readonly string[]): Promise<string[]> {
  const chosen = await choose(root, scenarios);
  for (const { file } of chosen) await removePending(root, file);
  return chosen.map(({ file }) => file);
}

/** Accepted recordings that no longer fit the suite. */
export interface RecordingCheck {
  /** Their scenario is gone; or it has another id now. */
  readonly orphaned: readonly {
    readonly file: string;
    readonly scenario: string;
    readonly renamedTo?: string;
  }[];
  /** Their scenario sends something else now. */
  readonly stale: readonly { readonly file: string; readonly scenario: string }[];
  /** Cases of a current recording that were never recorded. */
  readonly incomplete: readonly { readonly file: string; readonly cases: readonly string[] }[];
  /** Scenarios without any. */
  readonly missing: readonly string[];
}

/** Holds accepted recordings against the scenarios. @throws LockstepError RECORDING_INVALID */
export async function checkRecordings(suite: Suite, root: string = suite.root): Promise<RecordingCheck> {
  const stored = await readAccepted(root);
  const orphaned: RecordingCheck["orphaned"][number][] = [];
  const stale: RecordingCheck["stale"][number][] = [];
  const incomplete: RecordingCheck["incomplete"][number][] = [];
  const recorded = new Set<string>();
  for (const { file, recording } of stored) {
    const { scenario: id, digest, cases } = recording;
    const scenario = suite.scenarios.get(id)?.data;
    if (scenario === undefined) {
      const heir = [...suite.scenarios.values()].find(({ data }) => data.aliases?.includes(id));
      orphaned.push({ file, scenario: id, ...(heir === undefined ? {} : { renamedTo: heir.data.id }) });
      continue;
    }
    recorded.add(id);
    if (digest !== scenarioDigest(scenario, fixturesOf(scenario, suite))) stale.push({ file, scenario: id });
    else {
      const absent = expandCases(scenario).filter(({ case: name }) => !Object.hasOwn(cases, name));
      if (absent.length > 0) incomplete.push({ file, cases: absent.map((each) => each.id) });
    }
  }
  const missing = [...suite.scenarios.keys()].filter((id) => !recorded.has(id));
  return { orphaned, stale, incomplete, missing };
}
