import type { CaseResult, CaseStatus, Outcome } from "../outcome.ts";
import { isFlaky } from "./attempts.ts";
import { plain } from "./paint.ts";
import { caseBlock } from "./pretty/case-block.ts";
import { runProblems, type RunProblem } from "./run-problems.ts";
import { areaOf } from "./scoreboard.ts";

/** Version of the Common Test Report Format that this writes. */
const SPEC_VERSION = "0.0.0";

const STATUSES = {
  pass: "passed",
  departure: "passed",
  waived: "pending",
  fail: "failed",
  "not-applicable": "skipped",
  incomplete: "other",
  fault: "other",
} as const satisfies Record<CaseStatus, string>;

function messageOf(result: CaseResult): string | undefined {
  const [first] = result.differences;
  if (first !== undefined) return `step ${first.step + 1} ${first.pointer}: ${first.message}`;
  if (result.status === "waived" && result.waived.length > 0)
    return `waived: ${waiversOf(result).join(", ")}`;
  if (result.status === "departure") return result.departures[0]?.why;
  return result.reason;
}

const waiversOf = (result: CaseResult): string[] => [...new Set(result.waived.map(({ waiver }) => waiver))];

function testOf(result: CaseResult): Record<string, unknown> {
  const message = messageOf(result);
  const { attempts } = result;
  const isBad = result.status === "fail" || result.status === "incomplete" || result.status === "fault";
  return {
    testId: result.id,
    name: result.id,
    status: STATUSES[result.status],
    rawStatus: result.status,
    duration: Math.round(result.durationMs),
    suite: [areaOf(result.scenario), result.scenario],
    ...(message === undefined ? {} : { message }),
    ...(isBad ? { trace: caseBlock(result, plain).join("\n") } : {}),
    ...(attempts === undefined
      ? {}
      : {
          flaky: isFlaky(result),
          retries: attempts.length - 1,
          retryAttempts: attempts.map((status, index) => ({ attempt: index + 1, status: STATUSES[status] })),
        }),
    tags: [...result.covers],
    type: "conformance",
    extra: {
      title: result.title,
      required: result.required,
      reached: result.reached,
      repeat: result.repeat,
      ...(result.waived.length === 0 ? {} : { waivers: waiversOf(result) }),
    },
  };
}

/** A test of its own for what belongs to no case, or the report would be green where the run is not. */
function testOfProblem({ id, kind, message }: RunProblem): Record<string, unknown> {
  const status = kind === "nothing-judged" || kind === "cut-short" ? "other" : "failed";
  return {
    testId: `lockstep/${id}`,
    name: id,
    status,
    rawStatus: kind,
    duration: 0,
    suite: ["lockstep"],
    message,
  };
}

/**
 * JSON in the Common Test Report Format (ctrf.io). Waived is `pending`, not applicable `skipped`, incomplete and fault
 * `other`; everything the format has no member for stands under `extra`.
 */
export function renderCtrf(outcome: Outcome): string {
  const tests = [...outcome.cases.map(testOf), ...runProblems(outcome).map(testOfProblem)];
  const count = (status: string) => tests.filter((test) => test["status"] === status).length;
  const start = Date.parse(outcome.startedAt);
  const [name = "lockstep", version] = outcome.tool.split(" ");
  const { shard, verdict, exitCode, oracle, level, isPartial, evidence } = outcome;
  const report = {
    reportFormat: "CTRF",
    specVersion: SPEC_VERSION,
    timestamp: outcome.startedAt,
    generatedBy: outcome.tool,
    results: {
      tool: { name, ...(version === undefined ? {} : { version }) },
      summary: {
        tests: tests.length,
        passed: count("passed"),
        failed: count("failed"),
        skipped: count("skipped"),
        pending: count("pending"),
        other: count("other"),
        flaky: outcome.cases.filter(isFlaky).length,
        suites: new Set(outcome.cases.map(({ scenario }) => scenario)).size,
        start,
        stop: start + Math.round(outcome.durationMs),
        duration: Math.round(outcome.durationMs),
        extra: { verdict, exitCode },
      },
      tests,
      environment: {
        appName: outcome.target.name,
        ...(evidence.candidate === undefined ? {} : { commit: evidence.candidate }),
        osPlatform: evidence.platform,
        ...(shard === undefined ? {} : { shardId: `${shard.index}/${shard.count}` }),
      },
      extra: {
        oracle,
        level,
        isPartial,
        suite: evidence.suite,
        diagnoses: outcome.diagnoses,
        waivers: outcome.waivers,
      },
    },
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}
