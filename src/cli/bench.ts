import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { LockstepError } from "../contract/index.ts";
import {
  BENCH_METHODS,
  benchFile,
  type BenchFile,
  type BenchMethod,
  benchTarget,
  compareWithBaseline,
  renderBench,
  runBench,
} from "../harness/bench/index.ts";
import type { Io } from "./io.ts";
import { milliseconds, wholeNumber } from "./options.ts";
import { launchReference } from "./reference.ts";
import { StatusLine } from "./status-line.ts";
import { PACKAGE_ROOT } from "./suite-root.ts";
import { toolVersion } from "./version.ts";

interface BenchCommandOptions {
  readonly rounds?: number;
  readonly sessions?: readonly number[];
  readonly connections?: readonly number[];
  readonly methods?: readonly BenchMethod[];
  readonly duration?: number;
  readonly quick?: boolean;
  readonly store?: string;
  readonly out: string;
  readonly markdown?: string;
  readonly saveBaseline?: string;
  readonly baseline?: string;
  readonly maxRegression: number;
  readonly candidate?: string;
}

const THOROUGH = { rounds: 5, sessions: [10, 1_000, 10_000], connections: [1, 32], durationMs: 2_000 };
const QUICK = { rounds: 1, sessions: [10, 1_000], connections: [1, 32], durationMs: 500 };
/** Share of a measurement's time that goes before it. */
const WARM_UP = 0.25;

const EXAMPLES = `
The first target is judged, the second is its peer; further ones are judged beside the first. Without a second there are
figures but no ratios. reference:sqlite is the bundled gateway with its SQLite store.

Exit 1 when a ratio is worse than --baseline allows, 3 when a target could not be measured.

Examples:
  lockstep bench reference openclaw@2026.2.17
  lockstep bench reference --quick
  lockstep bench cmd:"./my-port --port {port}" openclaw@2026.2.17 --methods sessions.patch --sessions 10,1000
  lockstep bench reference openclaw@2026.2.17 --baseline bench/baseline.json --max-regression 20%
`;

/** Parser of a list of whole numbers, parted by commas. */
function numbers(least: number, most: number): (text: string) => number[] {
  const one = wholeNumber(least, most);
  return (text) => text.split(",").map((part) => one(part.trim()));
}

function methods(text: string): BenchMethod[] {
  const names = text.split(",").map((name) => name.trim());
  const known = BENCH_METHODS.filter((name) => names.includes(name));
  const unknown = names.find((name) => !known.some((other) => other === name));
  if (unknown !== undefined) throw new InvalidArgumentError(`one or more of ${BENCH_METHODS.join(",")}`);
  return known;
}

/** Parser of `20%` or `0.2`; gives the share. */
function share(text: string): number {
  const [, amount, sign] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text.trim()) ?? [];
  if (amount === undefined) throw new InvalidArgumentError("a share such as 20% or 0.2");
  return sign === "%" ? Number(amount) / 100 : Number(amount);
}

function readBaseline(path: string, cwd: string): BenchFile {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(resolve(cwd, path), "utf8"));
  } catch (error) {
    throw new LockstepError("BENCH_INVALID", `the baseline ${path} can't be read`, {
      cause: error,
      hint: "make one: lockstep bench ... --save-baseline FILE",
    });
  }
  const parsed = benchFile.safeParse(content);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new LockstepError(
      "BENCH_INVALID",
      `${path} is no result of lockstep bench: at /${issue?.path.join("/") ?? ""}: ${issue?.message ?? ""}`,
    );
  }
  return parsed.data;
}

function write(path: string, cwd: string, text: string): void {
  const file = resolve(cwd, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** @returns the exit code */
function reportRegressions(file: BenchFile, baseline: BenchFile, allowed: number, io: Io): number {
  const { compared, regressions } = compareWithBaseline(file, baseline, allowed);
  if (compared === 0) {
    throw new LockstepError("BENCH_INVALID", "the baseline has no ratio in common with what was measured", {
      hint: "name the same targets, --sessions, --connections and --methods as the baseline has",
    });
  }
  for (const { id, target, against, sessions, connections, before, now, worse } of regressions) {
    const where = `${sessions} sessions${connections === null ? "" : `, ${connections} connections`}`;
    io.err(
      `regressed: ${target} : ${against}  ${id}  (${where})  ${before.toPrecision(3)} before, ${now.toPrecision(3)} now, ${Math.round(worse * 100)} % worse\n`,
    );
  }
  const limit = `${Math.round(allowed * 100)} %`;
  io.out(
    `${compared} ratios compared with the baseline, ${regressions.length} worse by more than ${limit}\n`,
  );
  return regressions.length > 0 ? 1 : 0;
}

function targetNames(named: readonly string[], store: string | undefined): string[] {
  const wished = store === "sqlite" ? named.map((n) => (n === "reference" ? "reference:sqlite" : n)) : named;
  const twice = wished.find((name, index) => wished.indexOf(name) !== index);
  if (twice !== undefined) throw new LockstepError("USAGE", `the target ${twice} is named twice`);
  return [...wished];
}

/** What was asked for, as a command; defaults are left out. */
function repeatCommand(names: readonly string[], options: BenchCommandOptions): string {
  const { rounds, sessions, connections, methods: wished, duration, quick } = options;
  const flags = Object.entries({ rounds, sessions, connections, methods: wished, duration });
  return [
    "npx lockstep bench",
    ...names.map((name) => (/\s/.test(name) ? `'${name}'` : name)),
    ...(quick === true ? ["--quick"] : []),
    ...flags.flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${String(value)}`])),
  ].join(" ");
}

/** The page that `--markdown` writes: a heading above what standard output shows. */
function page(table: string): string {
  return `# Benchmark\n\nGenerated by \`lockstep bench ... --markdown\`; [how to read it](bench-format.md).\n\n${table}`;
}

async function conductBench(named: readonly string[], options: BenchCommandOptions, io: Io): Promise<number> {
  const before = options.baseline === undefined ? undefined : readBaseline(options.baseline, io.cwd);
  const status = new StatusLine(io);
  const usual = options.quick === true ? QUICK : THOROUGH;
  const durationMs = options.duration ?? usual.durationMs;
  const names = targetNames(named, options.store);
  const targets = names.map((name) =>
    benchTarget(name, [process.execPath, join(PACKAGE_ROOT, "dist/cli/main.js")], {
      env: io.env,
      launchReference,
      readyTimeoutMs: 120_000,
      onProgress: (text) => status.show(text),
    }),
  );
  const measured = await runBench(
    {
      targets,
      settings: {
        rounds: options.rounds ?? usual.rounds,
        sessions: [...(options.sessions ?? usual.sessions)],
        connections: [...(options.connections ?? usual.connections)],
        methods: [...(options.methods ?? BENCH_METHODS)],
        durationMs,
        warmupMs: durationMs * WARM_UP,
      },
      signal: io.interrupted,
      onProgress: (text) => status.show(text),
    },
    { tool: `lockstep ${toolVersion()}`, now: new Date() },
  ).finally(() => status.clear());
  const file = options.candidate === undefined ? measured : { ...measured, candidate: options.candidate };
  const table = renderBench(file, repeatCommand(names, options));
  const json = `${JSON.stringify(file, null, 2)}\n`;
  const folder = resolve(io.cwd, options.out);
  write(join(folder, "bench.json"), io.cwd, json);
  write(join(folder, "bench.md"), io.cwd, page(table));
  if (options.markdown !== undefined) write(options.markdown, io.cwd, page(table));
  if (options.saveBaseline !== undefined) write(options.saveBaseline, io.cwd, json);
  io.out(`${table}\nwritten to ${join(options.out, "bench.json")} and bench.md\n`);
  const regressed = before === undefined ? 0 : reportRegressions(file, before, options.maxRegression, io);
  const isIncomplete = file.measures.some(({ median }) => median === null);
  if (regressed !== 0) return regressed;
  return isIncomplete ? 3 : 0;
}

export function addBench(program: Command, io: Io, finish: (exitCode: number) => void): void {
  program
    .command("bench")
    .description("measure targets side by side: start, memory, latency and throughput")
    .argument("<targets...>", "reference, reference:sqlite, cmd:, openclaw@VERSION; the second is the peer")
    .option("--rounds <n>", "how often everything is measured (default: 5)", wholeNumber(1, 1_000))
    .option("--sessions <list>", "sizes of the store (default: 10,1000,10000)", numbers(0, 1_000_000))
    .option("--connections <list>", "how many ask at once (default: 1,32)", numbers(1, 10_000))
    .option("--methods <list>", `some of ${BENCH_METHODS.join(",")}`, methods)
    .option("--duration <duration>", "time of one measurement (default: 2s)", milliseconds)
    .option("--quick", "one round of 500 ms at 10 and 1000 sessions")
    .addOption(
      new Option("--store <kind>", "the store of the target reference")
        .choices(["json", "sqlite"])
        .default("json"),
    )
    .option("--out <dir>", "folder for bench.json and bench.md", "bench")
    .option("--markdown <file>", "write the page there too")
    .option("--save-baseline <file>", "keep the figures for --baseline")
    .option("--baseline <file>", "figures of an earlier benchmark; exit 1 when a ratio got worse")
    .option("--max-regression <share>", "how much worse a ratio may be", share, 0.2)
    .option("--candidate <build>", "which build of the first target this is, for lockstep gate")
    .addHelpText("after", EXAMPLES)
    .action(async (targets: string[], options: BenchCommandOptions) => {
      finish(await conductBench(targets, options, io));
    });
}
