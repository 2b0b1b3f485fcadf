import { completePolicy, DEFAULT_POLICY, type GatePolicyFile } from "../../src/harness/gate/policy.ts";
import { decide, type GateInput } from "../../src/harness/gate/decide.ts";
import { readEvidence } from "../../src/harness/gate/evidence.ts";
import type { CaseResult, Outcome, WaiverFinding } from "../../src/harness/outcome.ts";
import { renderJson } from "../../src/harness/report/json.ts";
import type { Level } from "../../src/harness/scenario/schema.ts";
import { bindingDifference, caseResult, outcomeOf, textDifference } from "./outcomes.ts";

export const NOW = new Date("2026-03-31T12:00:00.000Z");
export const DIGEST = "ab12".repeat(16);
export const BUILD = "3d1f00c";
export const TARGET = "cmd:./port --port {port}";
export const set = {
  set: "2026.2.17",
  oracle: "openclaw@2026.2.17",
  frozen: "2026-02-18",
  scenarios: {
    "health/plain": { level: "exact" as const, digest: DIGEST },
    "sessions.list/sorted": { level: "semantic" as const, digest: DIGEST },
  },
};

export type File = { readonly file: string; readonly text: string };
export const json = (file: string, value: unknown): File => ({ file, text: JSON.stringify(value) });
export const daysAgo = (days: number) => new Date(NOW.getTime() - days * 86_400_000).toISOString();

export const plain = caseResult({ id: "health/plain" });
export const sorted = caseResult({ id: "sessions.list/sorted", required: "semantic" });

/** A run some days ago; everything in order unless said otherwise. */
export function run(
  days: number,
  cases: readonly CaseResult[] = [plain, sorted],
  members: Partial<Outcome> = {},
  waivers: readonly WaiverFinding[] = [],
): File {
  const outcome = outcomeOf(cases, [], waivers);
  const made: Outcome = {
    ...outcome,
    startedAt: daysAgo(days),
    target: { name: TARGET, kind: "cmd" },
    ...members,
  };
  const partial = made.isPartial && made.verdict === "pass";
  return {
    file: `${days}/outcome.json`,
    text: renderJson(partial ? { ...made, verdict: "incomplete", exitCode: 3 } : made),
  };
}

export const green = Array.from({ length: 10 }, (_, index) => run(0.5 + index * 2));
export const common = { date: daysAgo(3), candidate: BUILD, target: TARGET };
export const methods = DEFAULT_POLICY.liveCompare.methods.map((method) => ({
  method,
  calls: 1_000,
  differences: 0,
}));
export const ratio = {
  id: "health/p50",
  target: TARGET,
  against: "openclaw@2026.2.17",
  better: "lower",
  median: 0.5,
};
export const targets = [
  { name: TARGET, role: "candidate" },
  { name: "openclaw@2026.2.17", role: "peer" },
  { name: "echo", role: "limit" },
];
export const extras = {
  mutation: {
    format: "lockstep-mutation/1",
    at: daysAgo(3),
    total: { score: 0.98 },
    scenarios: { "health/plain": DIGEST, "sessions.list/sorted": DIGEST },
  },
  bench: { format: "lockstep-bench/1", ...common, targets, ratios: [ratio] },
  soak: { format: "lockstep-soak/1", ...common, durationMs: 3_600_000, ok: true },
  compare: { format: "lockstep-compare/1", ...common, methods },
  rollback: { format: "lockstep-rollback/1", ...common, differences: [], unlisted: 0 },
};
export type Extra = keyof typeof extras;
export const evidence = (change: Partial<Record<Extra, object | undefined>> = {}): File[] =>
  Object.entries({ ...extras, ...change }).flatMap(([name, value]) =>
    value === undefined ? [] : [json(`${name}.json`, value)],
  );

export function ask(files: readonly File[], policy: GatePolicyFile = {}, more: Partial<GateInput> = {}) {
  return decide({
    tool: "lockstep 0.1.0",
    now: NOW,
    set,
    setSha256: "0".repeat(64),
    present: new Map(Object.keys(set.scenarios).map((id) => [id, id])),
    cases: new Map(),
    policy: completePolicy(policy),
    files: files.map(({ file, text }, index) =>
      readEvidence({ file, text, sha256: String(index).padStart(64, "0") }),
    ),
    candidate: BUILD,
    ...more,
  });
}
export const types = (decision: ReturnType<typeof ask>) => decision.reasons.map(({ type }) => type);

export const differing = {
  differences: [{ ...bindingDifference, kind: "order" as const }],
  reached: "shape" as const,
};
export const failing = caseResult({
  id: "sessions.list/sorted",
  required: "semantic",
  status: "fail",
  ...differing,
});
export const lenient = caseResult({ ...failing, required: "shape", status: "pass" });
export const waived = caseResult({
  ...failing,
  status: "waived",
  differences: [],
  waived: failing.differences.map((difference) => ({ difference, waiver: "w" })),
});
/** Departs at the second step, in what a level holds. */
export const departing = (level: Level, members: Partial<CaseResult> = {}) =>
  caseResult({
    ...sorted,
    status: "departure",
    departures: [{ difference: { ...textDifference, step: 1, level }, why: "the oracle's bug: m" }],
    ...members,
  });
/** The set, with what it allows `sessions.list/sorted` besides. */
export const allowing = (departures?: "all" | number[]) => ({
  set: {
    ...set,
    scenarios: {
      ...set.scenarios,
      "sessions.list/sorted": {
        ...set.scenarios["sessions.list/sorted"],
        ...(departures === undefined ? {} : { departures }),
      },
    },
  },
});
export const flaky = caseResult({ ...failing, attempts: ["pass", "fail"] });
export const dead = caseResult({ ...sorted, status: "incomplete", reached: "none" });
export const faulty = caseResult({ ...sorted, status: "fault", reached: "none" });
export const skipped = caseResult({ ...sorted, status: "not-applicable", reached: "none" });
export const finding = (members: Partial<WaiverFinding>): WaiverFinding => ({
  id: "w",
  scenario: "sessions.list/sorted",
  state: "used",
  message: "m",
  expires: "2026-04-30",
  ...members,
});
export const without = (index: number, file: File) => green.toSpliced(index, 1, file);
export const other = (members: Partial<Outcome["evidence"]>) => ({
  evidence: { ...outcomeOf([plain, sorted]).evidence, ...members },
});
export const unnamed = () => {
  const { candidate: _none, ...rest } = outcomeOf([plain, sorted]).evidence;
  return { evidence: rest };
};
