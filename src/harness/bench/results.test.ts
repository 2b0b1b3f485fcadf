import { describe, expect, it } from "vitest";
import { compareWithBaseline, worsening } from "./baseline.ts";
import { BENCH_FORMAT, benchFile, type BenchFile, type BenchParty } from "./format.ts";
import { goalsOf } from "./goals.ts";
import { ECHO, Ledger } from "./ledger.ts";
import { figureText, renderBench } from "./markdown.ts";
import { ratiosOf } from "./ratios.ts";

const OURS = "reference";
const PEER = "openclaw@1.2.3";
const TARGETS: readonly BenchParty[] = [
  { name: OURS, role: "candidate" },
  { name: PEER, role: "peer" },
  { name: ECHO, role: "limit" },
];

type Row = readonly [
  target: string,
  id: string,
  sessions: number,
  connections: number | null,
  ...figures: (number | null)[],
];

const ROWS: readonly Row[] = [
  [OURS, "start/cold", 10, null, 200, 300],
  [PEER, "start/cold", 10, null, 2_000, 2_000],
  [OURS, "sessions.patch/throughput", 10, 32, 5_000, 6_000],
  [PEER, "sessions.patch/throughput", 10, 32, 500, 1_000],
  [OURS, "sessions.patch/throughput", 10_000, 32, 3_000, 3_000],
  [PEER, "sessions.patch/throughput", 10_000, 32, 3, null],
  [OURS, "sessions.resolve/throughput", 10, 32, 60_000, 60_000],
  [PEER, "sessions.resolve/throughput", 10, 32, null, null],
  [ECHO, "echo/throughput", 10, 32, 100_000, 100_000],
];

function fileOf(rows: readonly Row[]): BenchFile {
  const ledger = new Ledger(2);
  for (const [target, id, sessions, connections, ...figures] of rows) {
    for (const [round, figure] of figures.entries()) {
      ledger.put({ target, id, sessions, connections }, round, figure ?? undefined);
    }
  }
  const measures = ledger.measures();
  const ratios = ratiosOf(measures, TARGETS);
  return {
    format: BENCH_FORMAT,
    tool: "lockstep 0.0.0",
    date: "2026-01-02T03:04:05.000Z",
    machine: { cpu: "none", cores: 1, memoryBytes: 1_048_576, os: "none", node: "v0" },
    settings: {
      rounds: 2,
      durationMs: 1,
      warmupMs: 0,
      sessions: [10, 10_000],
      connections: [32],
      methods: ["sessions.patch"],
    },
    targets: [...TARGETS],
    measures,
    ratios,
    goals: goalsOf(measures, ratios, TARGETS),
    problems: [],
  };
}

describe("a benchmark's file", () => {
  const file = fileOf(ROWS);

  it("has the form that its schema says", () => {
    expect(benchFile.parse(JSON.parse(JSON.stringify(file)))).toEqual(file);
  });

  it("knows which way each quantity is better, and keeps a round without a figure", () => {
    const find = (id: string, target: string, sessions: number) =>
      file.measures.find(
        (measure) => measure.id === id && measure.target === target && measure.sessions === sessions,
      );
    expect(find("start/cold", OURS, 10)).toMatchObject({ unit: "ms", better: "lower", median: 250 });
    expect(find("sessions.patch/throughput", PEER, 10_000)).toMatchObject({
      unit: "per second",
      better: "higher",
      rounds: [3, null],
      median: 3,
    });
    expect(find("sessions.resolve/throughput", PEER, 10)).toMatchObject({ median: null, min: null });
  });

  it("divides the candidate by the peer, and every throughput by the echo", () => {
    const named = file.ratios.map(
      ({ id, target, against, sessions, median }) => `${target} ${id}@${sessions} : ${against} ${median}`,
    );
    expect(named).toEqual([
      "reference start/cold@10 : openclaw@1.2.3 0.125",
      "reference sessions.patch/throughput@10 : openclaw@1.2.3 8",
      "reference sessions.patch/throughput@10 : echo 0.055",
      "openclaw@1.2.3 sessions.patch/throughput@10 : echo 0.0075",
      "reference sessions.patch/throughput@10000 : openclaw@1.2.3 1000",
      "reference sessions.resolve/throughput@10 : openclaw@1.2.3 null",
      "reference sessions.resolve/throughput@10 : echo 0.6",
      "openclaw@1.2.3 sessions.resolve/throughput@10 : echo null",
    ]);
  });

  it("says which goals were met: the figure that is just enough is", () => {
    const said = file.goals.map(({ id, sessions, median, met }) => [id, sessions, median, met]);
    expect(said).toEqual([
      ["start", 10, 0.125, true],
      ["patch", 10, 8, false],
      ["patch", 10_000, 1_000, true],
      ["resolve", 10, 0.6, true],
      ["patch-growth", 10_000, 0.55, false],
    ]);
  });

  it("leaves a goal open that was not measured", () => {
    const without = ROWS.map((row): Row =>
      row[0] === PEER && row[1] === "start/cold" ? [PEER, "start/cold", 10, null, null] : row,
    );
    const start = fileOf(without).goals.find(({ id }) => id === "start");
    expect(start).toMatchObject({ median: null, met: null });
  });

  it("sets no goals beside another peer than the oracle", () => {
    const other = file.ratios.map((ratio) =>
      ratio.against === PEER ? { ...ratio, against: "cmd:./port" } : ratio,
    );
    const ids = goalsOf(file.measures, other, TARGETS).map(({ id }) => id);
    expect(ids).toEqual(["resolve", "patch-growth"]);
  });

  it("is printed with every figure, every goal, and what could not be measured", () => {
    const page = renderBench(file, "npx lockstep bench reference openclaw@1.2.3");
    expect(page).toContain("| start/cold | 10 |  | ms | 250 (200..300) | 2 000 | 0.13 (0.10..0.15) |");
    expect(page).toContain(
      "| sessions.resolve/throughput | 10 | 32 | /s | 60 000 | not measured | not measured |",
    );
    expect(page).toMatch(/goal[^]*≥ 1000 \| 1 000 \| yes/);
    expect(page).toContain("Repeat: `npx lockstep bench reference openclaw@1.2.3`");
  });
});

describe("figureText", () => {
  it.each([
    [1_234_567, "1 234 567"],
    [99.96, "100.0"],
    [12.34, "12.3"],
    [1.234, "1.23"],
    [0.01234, "0.012"],
  ])("%d is %s", (figure, text) => {
    expect(figureText(figure)).toBe(text);
  });
});

describe("compareWithBaseline", () => {
  const before = fileOf(ROWS);
  const withStart = (...figures: number[]) =>
    fileOf(
      ROWS.map((row): Row =>
        row[0] === OURS && row[1] === "start/cold" ? [OURS, "start/cold", 10, null, ...figures] : row,
      ),
    );

  it("finds nothing in the same benchmark", () => {
    expect(compareWithBaseline(before, before, 0)).toEqual({ compared: 6, regressions: [] });
  });

  it("finds a ratio that is worse than allowed, and says by how much", () => {
    const { regressions } = compareWithBaseline(withStart(400, 400), before, 0.2);
    expect(regressions).toEqual([
      {
        id: "start/cold",
        target: OURS,
        against: PEER,
        sessions: 10,
        connections: null,
        before: 0.125,
        now: 0.2,
        worse: 0.6000000000000001,
      },
    ]);
  });

  it("allows what is allowed", () => {
    expect(compareWithBaseline(withStart(400, 400), before, 0.7).regressions).toEqual([]);
  });

  it("does not take one bad round for a regression", () => {
    expect(compareWithBaseline(withStart(900, 200), before, 0.2).regressions).toEqual([]);
  });

  it("ignores absolute figures: both sides twice as slow are as they were", () => {
    const slower = fileOf(
      ROWS.map(([target, id, sessions, connections, ...figures]): Row => {
        const factor = id.endsWith("throughput") ? 0.5 : 2;
        const changed = figures.map((figure) => (figure === null ? null : figure * factor));
        return [target, id, sessions, connections, ...changed];
      }),
    );
    expect(compareWithBaseline(slower, before, 0).regressions).toEqual([]);
  });

  it("has nothing to compare with another target's benchmark", () => {
    const ratios = before.ratios.map((ratio) => ({ ...ratio, target: "cmd:./port" }));
    expect(compareWithBaseline({ ratios }, { ratios: before.ratios.slice(0, 3) }, 0).compared).toBe(0);
  });
});

describe("worsening", () => {
  it.each([
    ["lower", 10, 15, 0.5],
    ["lower", 10, 5, -0.5],
    ["higher", 15, 10, 0.5],
    ["higher", 5, 10, -0.5],
  ] as const)("%s is better: from %d to %d is %d", (better, was, is, worse) => {
    expect(worsening(better, was, is)).toBeCloseTo(worse);
  });
});
