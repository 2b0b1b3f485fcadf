import { z } from "zod";
import { reachedLevel, type Difference } from "../compare/index.ts";
import { DIFFERENCE_KINDS, type DifferenceKind } from "../compare/difference.ts";
import { secretsOf, mask } from "../learn/index.ts";
import type { Capture } from "../run/capture.ts";
import { LEVELS, type Level } from "../scenario/index.ts";

/** Version of the report's own format. */
export const REPLAY_FORMAT = "lockstep-replay/1";

const kinds = Object.keys(DIFFERENCE_KINDS) as [DifferenceKind, ...DifferenceKind[]];

/** Differences at one field of one method's answers. */
const replayFinding = z.strictObject({
  method: z.string(),
  path: z.string().describe("Pointer into the answer; * for any element of a list"),
  kind: z.enum(kinds),
  level: z.enum(LEVELS),
  count: z.int().min(1),
  message: z.string().describe("Of the first of them"),
  why: z.string().optional().describe("What such a difference comes from, where that is known"),
  expected: z.unknown().optional(),
  actual: z.unknown().optional(),
  step: z.int().min(1).describe("The first step that shows it, counted from 1"),
});
export type ReplayFinding = z.infer<typeof replayFinding>;

export const replayReport = z.strictObject({
  format: z.literal(REPLAY_FORMAT),
  tool: z.string(),
  at: z.iso.datetime(),
  capture: z.string(),
  against: z.string().optional(),
  complete: z.boolean().describe("Whether the capture has its footer"),
  target: z.string(),
  level: z.enum(LEVELS),
  reached: z.enum([...LEVELS, "none"]),
  steps: z.int().min(0),
  agreed: z.int().min(0).describe("Steps without a difference at that level"),
  findings: z.array(replayFinding),
  notSent: z.record(z.string(), z.int()).describe("Methods that would change a running endpoint"),
  notCompared: z.record(z.string(), z.int()).describe("What a capture holds and a replay leaves out"),
  exitCode: z.int().min(0),
});
export type ReplayReport = z.infer<typeof replayReport>;

const fieldPath = (pointer: string): string =>
  pointer.replace(/^\/received\/\d+/, "").replaceAll(/\/\d+(?=\/|$)/g, "/*");

/** What a difference comes from, where the place says it. */
function whyOf(method: string, path: string, difference: Difference): string | undefined {
  const actual = JSON.stringify(difference.actual ?? "") + difference.message;
  if (/unknown method: /.test(actual)) return "the target does not serve this method";
  if (method === "connect" && path.startsWith("/payload/features"))
    return "it serves other methods or events, and says so";
  if (path.startsWith("/payload/policy")) return "its limits are others";
  if (method.startsWith("config.") || method === "models.list")
    return "configuration is the installation's own";
  if (path.endsWith("/systemPromptReport")) return "it tells of the runtime's own prompt";
  if (method === "logs.tail") return "every runtime writes its own log";
  if (/\/(pid|port|url|baseUrl)$/.test(path)) return "it is where the target runs";
  return undefined;
}

/**
 * Differences by method and field, in the order in which they first show; no secret in them.
 */
export function findingsOf(differences: readonly Difference[], actual: Capture): ReplayFinding[] {
  const secrets = secretsOf(actual);
  const groups = new Map<string, ReplayFinding>();
  for (const difference of differences) {
    const step = actual.steps[difference.step];
    const method = step?.method ?? (step?.kind === "event" ? "event chat" : (step?.kind ?? "?"));
    const path = fieldPath(difference.pointer);
    const { kind, level } = difference;
    const key = JSON.stringify([method, path, kind]);
    const there = groups.get(key);
    if (there !== undefined) {
      there.count += 1;
      continue;
    }
    const why = whyOf(method, path, difference);
    groups.set(
      key,
      mask(
        {
          method,
          path,
          kind,
          level,
          count: 1,
          message: difference.message,
          ...(why === undefined ? {} : { why }),
          ...(difference.expected === undefined ? {} : { expected: difference.expected }),
          ...(difference.actual === undefined ? {} : { actual: difference.actual }),
          step: difference.step + 1,
        },
        secrets,
      ),
    );
  }
  return withoutCascades([...groups.values()]);
}

/** A list of another length explains what differs in it: behind the gap every element is held against another one. */
function withoutCascades(findings: readonly ReplayFinding[]): ReplayFinding[] {
  const lists = findings.filter(({ kind }) => kind === "count");
  return findings.filter(
    ({ method, path }) => !lists.some((list) => list.method === method && path.startsWith(`${list.path}/*`)),
  );
}

/** Differences that count at a level: those that show at it. */
export function atLevel(differences: readonly Difference[], level: Level): Difference[] {
  return differences.filter((one) => LEVELS.indexOf(one.level) <= LEVELS.indexOf(level));
}

/** The report of a replay. */
export function replayReportOf(
  differences: readonly Difference[],
  actual: Capture,
  rest: Omit<ReplayReport, "format" | "reached" | "steps" | "agreed" | "findings" | "exitCode">,
): ReplayReport {
  const counted = atLevel(differences, rest.level);
  const differing = new Set(counted.map(({ step }) => step));
  const findings = findingsOf(counted, actual);
  return {
    format: REPLAY_FORMAT,
    ...rest,
    reached: reachedLevel(differences),
    steps: actual.steps.length,
    agreed: actual.steps.length - differing.size,
    findings,
    exitCode: findings.length > 0 ? 1 : 0,
  };
}

const counts = (record: Readonly<Record<string, number>>): string =>
  Object.entries(record)
    .map(([name, count]) => `${name} (${count})`)
    .join(", ");

/** The report for people. */
export function replayPage(report: ReplayReport): string {
  const lines = [
    `${report.capture} on ${report.target}: ${report.agreed} of ${report.steps} steps agree at ${report.level}`,
    "",
  ];
  for (const finding of report.findings) {
    const times = finding.count > 1 ? `, ${finding.count} times` : "";
    lines.push(`  ${finding.method} ${finding.path || "(the answer)"}  ${finding.kind}${times}`);
    lines.push(`    ${finding.message}${finding.why === undefined ? "" : `\n    because ${finding.why}`}`);
  }
  if (report.findings.length > 0) lines.push("");
  if (Object.keys(report.notSent).length > 0)
    lines.push(`Not sent, since they change things: ${counts(report.notSent)}`);
  if (Object.keys(report.notCompared).length > 0) lines.push(`Not compared: ${counts(report.notCompared)}`);
  if (!report.complete) lines.push("The capture has no footer: its tap died, and the end may be missing.");
  return `${lines.join("\n").trimEnd()}\n`;
}
