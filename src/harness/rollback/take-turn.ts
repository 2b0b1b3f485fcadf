import { setTimeout as sleep } from "node:timers/promises";
import { LockstepError } from "../../contract/index.ts";
import type { DeviceIdentity } from "../../wire/index.ts";
import { oneLine } from "../report/text.ts";
import { latestChange, type StateSnapshot, takeSnapshot } from "../target/state-snapshot.ts";
import type { RunningTarget, StartingState, Target } from "../target/index.ts";
import { isObject } from "../scenario/json.ts";
import { compareInterviews, describeQuestion } from "./compare-answers.ts";
import { compareDisk, storedKeys } from "./compare-files.ts";
import { dayFrom, EVERYTHING, type KnownSession, questionsAbout, sessionsIn } from "./questions.ts";
import { startTalk, type Talk } from "./talk.ts";
import type { Difference, Interview, Question, Turn, Write } from "./types.ts";
import { planWrites } from "./writes.ts";

/** What stays the same over all turns. */
export interface Stage {
  readonly run: string;
  readonly home: string;
  readonly stateDir: string;
  readonly agents: readonly string[];
  readonly sample: number;
  readonly timeoutMs: number;
  /** Whether the target's turns end in `kill -9`, a start and a stop, instead of a stop alone. */
  readonly crash: boolean;
  /** When the rehearsal began, epoch ms. */
  readonly now: number;
  readonly device: DeviceIdentity;
  /** Connects once at the beginning, and is not to be forgotten. */
  readonly bystander: DeviceIdentity;
  readonly onProgress: (text: string) => void;
}

/** One turn before it is taken. */
export interface TurnPlan {
  readonly number: number;
  readonly target: Target;
  readonly role: Turn["role"];
  readonly state: StartingState;
  /** How many sessions are made in it; 0 for a turn that only reads. */
  readonly fresh: number;
  /** What the one before left behind. */
  readonly before?: { readonly interview: Interview; readonly name: string };
}

/** A turn that was taken. */
export interface TurnResult {
  readonly turn: Turn;
  readonly interview: Interview;
  readonly differences: readonly Difference[];
  readonly files: number;
  readonly entries: number;
}

const QUIET_MS = 750;
const QUIET_LIMIT_MS = 15_000;
const POLL_MS = 150;

/** Waits until nothing on the disk has moved for a moment: a run writes on after its last event. */
async function untilQuiet(stateDir: string): Promise<void> {
  const deadline = performance.now() + QUIET_LIMIT_MS;
  let last = -1;
  let since = performance.now();
  while (performance.now() < deadline) {
    const now = await latestChange(stateDir);
    if (now !== last) {
      last = now;
      since = performance.now();
    } else if (performance.now() - since >= QUIET_MS) return;
    await sleep(POLL_MS);
  }
}

/** @throws LockstepError TARGET_UNREACHABLE when it lists none: there is nothing to rehearse with then */
async function knownSessions(talk: Talk, name: string): Promise<KnownSession[]> {
  const answer = await talk.ask(EVERYTHING);
  const sessions = "payload" in answer ? sessionsIn(answer.payload) : [];
  if (sessions.length > 0) return sessions;
  throw new LockstepError("TARGET_UNREACHABLE", `${name} lists no sessions, so nothing can be compared`, {
    hint: `it answered sessions.list with ${oneLine(answer)}`,
  });
}

function topics(
  stage: Stage,
  sessions: readonly KnownSession[],
  number: number,
  stored: ReadonlySet<string>,
): Question[] {
  const { agents, sample, now, run } = stage;
  const own = sessions.filter(({ key }) => key.includes(`lockstep-${run}`)).map(({ key }) => key);
  const always = new Set(own);
  return [
    ...questionsAbout({
      agents,
      sessions,
      sample,
      always,
      isStored: (key) => stored.has(key),
      from: dayFrom(now, -29),
      to: dayFrom(now, number + 1),
    }),
  ];
}

/** Which sessions have a conversation, as their previews say. */
async function conversing(talk: Talk, sessions: readonly KnownSession[]): Promise<Set<string>> {
  const found = new Set<string>();
  for (let at = 0; at < sessions.length; at += 64) {
    const keys = sessions.slice(at, at + 64).map(({ key }) => key);
    const answer = await talk.ask({ method: "sessions.preview", params: { keys, limit: 1 } });
    const previews = "payload" in answer && isObject(answer.payload) ? answer.payload["previews"] : undefined;
    for (const preview of Array.isArray(previews) ? previews : [])
      if (isObject(preview) && preview["status"] === "ok" && typeof preview["key"] === "string")
        found.add(preview["key"]);
  }
  return found;
}

async function writeAll(
  talk: Talk,
  stage: Stage,
  plan: TurnPlan,
): Promise<{ writes: readonly Write[]; differences: readonly Difference[] }> {
  const sessions = await knownSessions(talk, plan.target.name);
  const talking = await conversing(talk, sessions);
  const keys = sessions.map(({ key }) => key);
  const writes = [
    ...planWrites({
      run: stage.run,
      turn: plan.number,
      agents: stage.agents,
      fresh: plan.fresh,
      conversing: keys.filter((key) => talking.has(key)),
      silent: keys.filter((key) => !talking.has(key)),
    }),
  ];
  const differences: Difference[] = [];
  for (const [index, write] of writes.entries()) {
    stage.onProgress(`${plan.target.name}: change ${index + 1} of ${writes.length}`);
    const message = await talk.write(write);
    if (message === undefined) continue;
    const { name } = plan.target;
    const where = describeQuestion(write);
    differences.push({ part: "write", wrote: name, read: name, where, pointer: "", message });
  }
  return { writes, differences };
}

async function perform(
  stage: Stage,
  plan: TurnPlan,
  running: RunningTarget,
  stored: ReadonlySet<string>,
): Promise<{ differences: Difference[]; writes: readonly Write[]; interview: Interview; sessions: number }> {
  const { target, number, before } = plan;
  if (number === 0) await (await startTalk(running, target.name, stage.bystander, stage.timeoutMs)).close();
  const talk = await startTalk(running, target.name, stage.device, stage.timeoutMs);
  try {
    const differences: Difference[] = [];
    if (before !== undefined) {
      stage.onProgress(`${target.name}: the questions that ${before.name} answered`);
      const answers = await talk.interview(before.interview.map(({ question }) => question));
      for (const found of compareInterviews(before.interview, answers, before.name, target.name))
        differences.push(found);
    }
    if (plan.fresh === 0) {
      const sessions = await knownSessions(talk, plan.target.name);
      return { differences, writes: [], interview: [], sessions: sessions.length };
    }
    const { writes, differences: refused } = await writeAll(talk, stage, plan);
    await untilQuiet(stage.stateDir);
    const sessions = await knownSessions(talk, plan.target.name);
    const questions = topics(stage, sessions, number, stored);
    stage.onProgress(`${target.name}: ${questions.length} questions`);
    const interview = await talk.interview(questions);
    return { differences: [...differences, ...refused], writes, interview, sessions: sessions.length };
  } finally {
    await talk.close();
  }
}

const NOTHING: StateSnapshot = { files: new Map(), folders: new Set() };

/**
 * Lets one gateway serve the shared state directory: it answers what the one before answered, changes what the plan says,
 * is asked about everything, and is stopped.
 * @throws LockstepError when it can't be started, ends by itself, or lets us not in
 */
export async function takeTurn(stage: Stage, plan: TurnPlan): Promise<TurnResult> {
  const { target, role, number } = plan;
  const startedAt = performance.now();
  stage.onProgress(`${target.name}: starting`);
  const before = number === 0 ? NOTHING : await takeSnapshot(stage.stateDir);
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const running = await target.launch(plan.state, { home: stage.home, timeZone });
  let done: Awaited<ReturnType<typeof perform>>;
  try {
    done = await perform(stage, plan, running, storedKeys(before));
    stage.onProgress(`${target.name}: stopping`);
    if (stage.crash && role === "target") {
      await running.kill();
      await running.start();
    }
  } finally {
    await running.dispose();
  }
  const { differences, writes, interview, sessions } = done;
  const disk =
    role === "target"
      ? compareDisk({
          before,
          after: await takeSnapshot(stage.stateDir),
          writes,
          wrote: target.name,
          read: "the disk",
          deviceId: stage.device.id,
        })
      : { differences: [], files: 0, entries: 0 };
  const compared = plan.before?.interview.length ?? 0;
  return {
    turn: {
      runtime: target.name,
      role,
      sessions,
      questions: interview.length,
      refused: interview.filter(({ answer }) => !("payload" in answer)).length,
      compared,
      writes: writes.length,
      ms: Math.round(performance.now() - startedAt),
    },
    interview,
    differences: [...differences, ...disk.differences],
    files: disk.files,
    entries: disk.entries,
  };
}
