import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LockstepError } from "../../contract/index.ts";
import { createDevice } from "../../wire/index.ts";
import { MODEL_FIXTURES, type ModelStub, startModelStub } from "../model/index.ts";
import { createRunId } from "../run/run-id.ts";
import { mergeJson } from "../scenario/json.ts";
import type { StartingState, Target } from "../target/index.ts";
import { cleanUpOnExit } from "../target/live-launches.ts";
import { copyState } from "./copy-state.ts";
import { EXCLUSIONS } from "./exclusions.ts";
import { agentNames, seedState } from "./seed.ts";
import { type Stage, takeTurn, type TurnPlan } from "./take-turn.ts";
import type { Difference, RollbackReport, Turn } from "./types.ts";

/** What to rehearse, and how thoroughly. */
export interface RehearsalOptions {
  readonly oracle: Target;
  readonly target: Target;
  readonly agents: number;
  readonly sessions: number;
  /** Sessions that are asked about one by one. */
  readonly sample: number;
  /** Absolute path of a state directory to copy; one is made when absent. */
  readonly state?: string;
  readonly timeoutMs: number;
  /** Whether the target is killed after its turns, and started and stopped once, before the oracle takes over. */
  readonly crash?: boolean;
  readonly onProgress?: (text: string) => void;
  /** Fires when the rehearsal is to end early. */
  readonly signal?: AbortSignal;
}

/** Differences beyond so many repeat what these say. */
const MOST_DIFFERENCES = 200;
/** Nothing that is not part of a gateway's own state runs in a rehearsal. */
const QUIET_ENV = {
  OPENCLAW_SKIP_CHANNELS: "1",
  OPENCLAW_SKIP_CRON: "1",
  OPENCLAW_SKIP_GMAIL_WATCHER: "1",
  OPENCLAW_SKIP_BROWSER_CONTROL_SERVER: "1",
  OPENCLAW_SKIP_CANVAS_HOST: "1",
  OPENCLAW_DISABLE_BONJOUR: "1",
} as const;

function configFor(model: ModelStub, more: unknown): Record<string, unknown> {
  const scripted = JSON.stringify(MODEL_FIXTURES.get("model:echo")?.config ?? {});
  const base: unknown = JSON.parse(scripted.replaceAll("{{model}}", model.baseUrl));
  // A heartbeat would speak up in the main session when half an hour is over.
  const calm = { agents: { defaults: { heartbeat: { every: "0m" } } } };
  return mergeJson(mergeJson(base, calm), more) as Record<string, unknown>;
}

/**
 * A target that can be stopped and started on a state directory of our choice.
 * @throws LockstepError TARGET_INVALID for one that runs somewhere already
 */
export function refuseUnlaunched(target: Pick<Target, "launches" | "name">): void {
  if (target.launches) return;
  throw new LockstepError(
    "TARGET_INVALID",
    `${target.name} runs already: nobody here can stop it and start it on another state directory`,
    { hint: 'name the command that starts it: cmd:"./my-gateway --port {port} --state-dir {state}"' },
  );
}

interface Prepared {
  readonly state: StartingState;
  readonly agents: readonly string[];
  readonly leftOut: readonly string[];
}

async function prepare(
  options: RehearsalOptions,
  stateDir: string,
  model: ModelStub,
  now: number,
): Promise<Prepared> {
  const env = QUIET_ENV;
  if (options.state !== undefined) {
    const { config, agents, leftOut } = await copyState(
      await realpath(options.state).catch(() => options.state ?? ""),
      stateDir,
    );
    return { state: { config: configFor(model, config), files: new Map(), env }, agents, leftOut };
  }
  const agents = agentNames(options.agents);
  const list = agents.map((id, index) => ({ id, ...(index === 0 ? { default: true } : {}) }));
  // A third of those made over the wire at most is deleted again: there are as many as was said, or some more.
  const seeded = options.sessions - Math.floor((freshOf(options.sessions) * 2) / 3);
  const files = seedState({ agents, sessions: seeded, now, stateDir });
  return { state: { config: configFor(model, { agents: { list } }), files, env }, agents, leftOut: [] };
}

/** How many of the sessions the oracle makes over the wire: a tenth, at least a dozen, at most a hundred. */
const freshOf = (sessions: number): number => Math.min(sessions, 100, Math.max(12, Math.ceil(sessions / 10)));

async function takeTurns(
  options: RehearsalOptions,
  stage: Stage,
  prepared: Prepared,
): Promise<RollbackReport> {
  const { oracle, target, signal } = options;
  const small = Math.min(24, freshOf(options.sessions));
  const { state, agents, leftOut } = prepared;
  const later: StartingState = { ...state, files: new Map() };
  const plans: TurnPlan[] = [
    { number: 0, target: oracle, role: "oracle", state, fresh: freshOf(options.sessions) },
    { number: 1, target, role: "target", state: later, fresh: small },
    { number: 2, target: oracle, role: "oracle", state: later, fresh: small },
    { number: 3, target, role: "target", state: later, fresh: 0 },
  ];
  const turns: Turn[] = [];
  const differences: Difference[] = [];
  let files = 0;
  let entries = 0;
  let before: TurnPlan["before"];
  for (const plan of plans) {
    if (signal?.aborted === true) {
      throw new LockstepError(
        "TARGET_UNREACHABLE",
        `interrupted after ${turns.length} of ${plans.length} turns`,
      );
    }
    const result = await takeTurn(stage, { ...plan, ...(before === undefined ? {} : { before }) });
    turns.push(result.turn);
    for (const difference of result.differences) differences.push(difference);
    files += result.files;
    entries += result.entries;
    before = { interview: result.interview, name: plan.target.name };
  }
  return {
    oracle: oracle.name,
    target: target.name,
    agents: agents.length,
    turns,
    differences: differences.slice(0, MOST_DIFFERENCES),
    unlisted: Math.max(0, differences.length - MOST_DIFFERENCES),
    filesCompared: files,
    entriesCompared: entries,
    exclusions: EXCLUSIONS,
    leftOut,
  };
}

/**
 * Rehearses a cut-over and its roll-back on one state directory: the oracle writes it, the target serves and changes it,
 * the oracle serves what the target left and changes it again, and the target serves that. Each must answer what the one
 * before answered, and the target must change nothing on the disk that it was not asked to change.
 * @throws LockstepError when one of them can't be launched, ends by itself, or `--state` can't be copied
 */
export async function rehearseRollback(options: RehearsalOptions): Promise<RollbackReport> {
  refuseUnlaunched(options.oracle);
  refuseUnlaunched(options.target);
  const home = await realpath(await mkdtemp(join(tmpdir(), "lockstep-rollback-")));
  const forget = cleanUpOnExit(() => rmSync(home, { recursive: true, force: true }));
  const model = await startModelStub();
  try {
    const stateDir = join(home, ".openclaw");
    await mkdir(stateDir, { mode: 0o700 });
    const now = Date.now();
    const prepared = await prepare(options, stateDir, model, now);
    const stage: Stage = {
      run: createRunId(),
      home,
      stateDir,
      agents: prepared.agents,
      sample: options.sample,
      timeoutMs: options.timeoutMs,
      crash: options.crash ?? false,
      now,
      device: createDevice(),
      bystander: createDevice(),
      onProgress: options.onProgress ?? (() => undefined),
    };
    return await takeTurns(options, stage, prepared);
  } finally {
    await model.close();
    await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    forget();
  }
}
