import type { BenchParty, Goal, Measure, Ratio } from "./format.ts";
import { ECHO } from "./ledger.ts";
import { measured, pairedRatios, spreadOf, type Spread } from "./statistics.ts";

type Wanted = Goal["wanted"];

/** A goal for a ratio of a candidate, wherever it was measured. */
interface RatioGoal {
  readonly id: string;
  readonly of: string;
  readonly against: "peer" | "echo";
  readonly sessions?: number;
  readonly connections?: number;
  readonly text: string;
  readonly wanted: Wanted;
}

/** The runtime that the goals are measured by; beside another peer they say nothing. */
const ORACLE = "openclaw@";

/** What the reference gateway is built to reach beside the runtime it replaces, on the same machine in the same run. */
const RATIO_GOALS: readonly RatioGoal[] = [
  {
    id: "start",
    of: "start/cold",
    against: "peer",
    text: "cold start at most 1/8 of the peer's",
    wanted: { atMost: 0.125 },
  },
  {
    id: "memory-idle",
    of: "memory/idle",
    against: "peer",
    text: "idle memory at most 1/4 of the peer's",
    wanted: { atMost: 0.25 },
  },
  {
    id: "memory-loaded",
    of: "memory/loaded",
    against: "peer",
    text: "memory under load at most 1/4 of the peer's",
    wanted: { atMost: 0.25 },
  },
  ...[
    { sessions: 10, factor: 10 },
    { sessions: 1_000, factor: 100 },
    { sessions: 10_000, factor: 1_000 },
  ].map(({ sessions, factor }): RatioGoal => ({
    id: "patch",
    of: "sessions.patch/throughput",
    against: "peer",
    sessions,
    connections: 32,
    text: `durable sessions.patch at least ${factor} times the peer's`,
    wanted: { atLeast: factor },
  })),
  {
    id: "list",
    of: "sessions.list/p50",
    against: "peer",
    sessions: 10_000,
    text: "half of all sessions.list within 1/5 of the peer's time",
    wanted: { atMost: 0.2 },
  },
  {
    id: "resolve",
    of: "sessions.resolve/throughput",
    against: "echo",
    text: "sessions.resolve at least half of a bare echo",
    wanted: { atLeast: 0.5 },
  },
];

const GROWTH = { from: 10, to: 10_000, atLeast: 0.8 } as const;

/** Whether a figure reaches what is wanted. */
export function reaches(wanted: Wanted, figure: number): boolean {
  return figure >= (wanted.atLeast ?? -Infinity) && figure <= (wanted.atMost ?? Infinity);
}

function judge(
  goal: Omit<Goal, "median" | "min" | "max" | "met">,
  spread: { [K in keyof Spread]: number | null } | undefined,
): Goal {
  const { median = null, min = null, max = null } = spread ?? {};
  return { ...goal, median, min, max, met: median === null ? null : reaches(goal.wanted, median) };
}

function growthGoals(measures: readonly Measure[], target: string): Goal[] {
  const patches = measures.filter(
    (measure) => measure.target === target && measure.id === "sessions.patch/throughput",
  );
  return patches
    .filter(({ sessions }) => sessions === GROWTH.to)
    .flatMap((large) => {
      const small = patches.find(
        ({ sessions, connections }) => sessions === GROWTH.from && connections === large.connections,
      );
      if (small === undefined) return [];
      const goal = {
        id: "patch-growth",
        text: `sessions.patch at ${GROWTH.to} sessions at least 80 % of that at ${GROWTH.from}`,
        target,
        sessions: GROWTH.to,
        connections: large.connections,
        wanted: { atLeast: GROWTH.atLeast },
      };
      return [judge(goal, spreadOf(measured(pairedRatios(large.rounds, small.rounds))))];
    });
}

/** The goals that what was measured can answer, for every candidate. */
export function goalsOf(
  measures: readonly Measure[],
  ratios: readonly Ratio[],
  targets: readonly BenchParty[],
): Goal[] {
  const candidates = targets.filter(({ role }) => role === "candidate");
  return candidates.flatMap(({ name }) => [
    ...RATIO_GOALS.flatMap((goal) =>
      ratios
        .filter(
          (ratio) =>
            ratio.target === name &&
            ratio.id === goal.of &&
            (goal.against === "echo" ? ratio.against === ECHO : ratio.against.startsWith(ORACLE)) &&
            (goal.sessions ?? ratio.sessions) === ratio.sessions &&
            (goal.connections ?? ratio.connections) === ratio.connections,
        )
        .map((ratio) => {
          const { sessions, connections } = ratio;
          const { id, text, wanted } = goal;
          return judge({ id, text, target: name, sessions, connections, wanted }, ratio);
        }),
    ),
    ...growthGoals(measures, name),
  ]);
}
