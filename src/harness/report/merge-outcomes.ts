import { LockstepError } from "../../contract/index.ts";
import { findCommonCauses } from "../judge/common-cause.ts";
import { concludeOutcome } from "../judge/outcome.ts";
import { suiteDigest } from "../judge/suite-context.ts";
import type { CaseResult, Diagnosis, Evidence, Outcome, WaiverFinding } from "../outcome.ts";
import { byScenario } from "./scoreboard.ts";

/** One part of a run, and the file it was read from. */
export interface RunPart {
  readonly name: string;
  readonly outcome: Outcome;
}

/** What parts of one run have in common, by the words an error uses for it. */
const COMMON: readonly (readonly [string, (outcome: Outcome) => string | undefined])[] = [
  ["tool", ({ tool }) => tool],
  ["oracle", ({ oracle }) => oracle],
  ["target", ({ target }) => `${target.kind} ${target.name}`],
  ["level", ({ level }) => level],
  ["candidate build", ({ evidence }) => evidence.candidate],
  ["selection or suite", ({ evidence }) => evidence.suite],
  ["number of shards", ({ shard }) => (shard === undefined ? "not a shard" : String(shard.count))],
];

function differ(message: string): never {
  throw new LockstepError("SHARDS_DIFFER", message, {
    hint: "merge the reports of one run: the same command with --shard 1/n to n/n, each once",
  });
}

function refuseStrangers([first, ...others]: readonly [RunPart, ...RunPart[]]): void {
  for (const other of others) {
    for (const [what, read] of COMMON) {
      const [a, b] = [read(first.outcome), read(other.outcome)];
      if (a === b) continue;
      const say = (part: RunPart, value: string | undefined) =>
        `${part.name} has ${JSON.stringify(value ?? "none")}`;
      differ(`these are not parts of one run: another ${what}\n  ${say(first, a)}\n  ${say(other, b)}`);
    }
    const [a, b] = [first.outcome.target.server, other.outcome.target.server];
    if (a !== undefined && b !== undefined && a !== b) {
      differ(`these are not parts of one run: ${first.name} met ${a}, ${other.name} met ${b}`);
    }
  }
}

/** @returns indices of the parts that are not there. */
function missingParts(parts: readonly [RunPart, ...RunPart[]]): number[] {
  const count = parts[0].outcome.shard?.count;
  if (count === undefined) {
    const [, second] = parts;
    if (second !== undefined)
      differ(`${parts[0].name} and ${second.name} are whole runs: there is nothing to merge`);
    return [];
  }
  const seen = new Map<number, string>();
  for (const { name, outcome } of parts) {
    const index = outcome.shard?.index ?? 0;
    const before = seen.get(index);
    if (before !== undefined) differ(`${before} and ${name} are both shard ${index} of ${count}`);
    seen.set(index, name);
  }
  return Array.from({ length: count }, (_, index) => index + 1).filter((index) => !seen.has(index));
}

/** From the state that counts most to the one that counts least, when parts say different things of one waiver. */
const WAIVER_STATES: readonly WaiverFinding["state"][] = [
  "expired",
  "used",
  "idle",
  "stale",
  "unmatched",
  "unselected",
];

/** One finding per waiver: what one part used is used, whatever the parts say that never ran its scenario. */
function mergeWaivers(parts: readonly RunPart[]): WaiverFinding[] {
  const found = new Map<string, WaiverFinding>();
  for (const finding of parts.flatMap(({ outcome }) => outcome.waivers)) {
    const before = found.get(finding.id);
    const rank = (state: WaiverFinding["state"]) => WAIVER_STATES.indexOf(state);
    if (before === undefined || rank(finding.state) < rank(before.state)) found.set(finding.id, finding);
  }
  return [...found.values()];
}

/** Diagnoses of the same title are one; what many failing cases share is counted anew over all of them. */
function mergeDiagnoses(parts: readonly RunPart[], cases: readonly CaseResult[]): Diagnosis[] {
  const found = new Map<string, Diagnosis>();
  for (const { outcome } of parts) {
    const counted = new Set(findCommonCauses(outcome.cases).map(({ title }) => title));
    for (const diagnosis of outcome.diagnoses) {
      if (counted.has(diagnosis.title)) continue;
      const before = found.get(diagnosis.title);
      const explains = diagnosis.explains + (before?.explains ?? 0);
      found.set(diagnosis.title, { ...(before ?? diagnosis), explains });
    }
  }
  return [...found.values(), ...findCommonCauses(cases)];
}

function mergeCases(parts: readonly RunPart[]): CaseResult[] {
  const scenarios = byScenario(parts.flatMap(({ outcome }) => outcome.cases));
  return [...scenarios].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, results]) => results);
}

function mergeEvidence(parts: readonly [RunPart, ...RunPart[]]): Evidence {
  const all = parts.map(({ outcome }) => outcome.evidence);
  const scenarios = all.flatMap((evidence) => Object.entries(evidence.scenarios));
  const words = (read: (evidence: Evidence) => string) => [...new Set(all.map(read))].join(", ");
  return {
    ...parts[0].outcome.evidence,
    scenarios: Object.fromEntries(scenarios.sort(([a], [b]) => (a < b ? -1 : 1))),
    node: words(({ node }) => node),
    platform: words(({ platform }) => platform),
  };
}

/**
 * One outcome from the parts of a run that was split with `--shard`, concluded as if it had been one.
 * @param options.allowMissing conclude from what is there; then it is incomplete, never green.
 * @throws LockstepError SHARDS_DIFFER when the parts are not of one run or overlap, SHARDS_MISSING when one is not there.
 */
export function mergeOutcomes(
  parts: readonly [RunPart, ...RunPart[]],
  options: { readonly allowMissing?: boolean } = {},
): Outcome {
  refuseStrangers(parts);
  const missing = missingParts(parts);
  if (missing.length > 0 && options.allowMissing !== true) {
    const count = parts[0].outcome.shard?.count ?? 0;
    throw new LockstepError(
      "SHARDS_MISSING",
      `of ${count} shards ${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} missing`,
      {
        hint: "did that job write its report? --allow-missing merges what is there, and is never green",
      },
    );
  }
  const evidence = mergeEvidence(parts);
  if (missing.length === 0 && suiteDigest(evidence.scenarios) !== evidence.suite) {
    differ("the scenarios of all shards together are not those that were selected");
  }
  const [first] = parts;
  const cases = mergeCases(parts);
  const starts = parts.map(({ outcome }) => Date.parse(outcome.startedAt));
  const ends = parts.map(({ outcome }) => Date.parse(outcome.startedAt) + outcome.durationMs);
  const server = parts.find(({ outcome }) => outcome.target.server !== undefined)?.outcome.target.server;
  return concludeOutcome(
    {
      tool: first.outcome.tool,
      oracle: first.outcome.oracle,
      target: { ...first.outcome.target, ...(server === undefined ? {} : { server }) },
      startedAt: new Date(Math.min(...starts)).toISOString(),
      durationMs: Math.max(...ends) - Math.min(...starts),
      level: first.outcome.level,
      evidence,
      isPartial: missing.length > 0 || parts.some(({ outcome }) => outcome.isPartial),
    },
    cases,
    mergeDiagnoses(parts, cases),
    mergeWaivers(parts),
  );
}
