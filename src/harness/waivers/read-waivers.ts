import { checkShape } from "../scenario/check-shape.ts";
import { failWith } from "../scenario/problems.ts";
import { readYaml, type SourceProblem, type YamlSource } from "../scenario/yaml-source.ts";
import { daysAfter } from "./dates.ts";
import { COULD_NOT_RUN, LONGEST_DAYS, waiversFile, type Waiver } from "./schema.ts";

const HINT =
  "lockstep waivers check reads the file and runs nothing; docs/gate-owners.md says how a waiver is written";

/** A text that somebody was to fill in and has not. */
const isUnfilled = (text: string): boolean => /^\s*$|\btodo\b|\bfixme\b|\btbd\b/i.test(text);

type Complaint = readonly [member: keyof Waiver | undefined, message: string];

function complaintsOn(waiver: Waiver, today: string): Complaint[] {
  const found: Complaint[] = [];
  for (const member of ["reason", "owner", "issue"] as const) {
    if (isUnfilled(waiver[member])) found.push([member, `the ${member} was never filled in`]);
  }
  if (!isUnfilled(waiver.issue) && !/^https?:\/\/\S+$/.test(waiver.issue)) {
    found.push(["issue", "the issue is no URL"]);
  }
  const latest = daysAfter(today, LONGEST_DAYS);
  if (waiver.expires > latest) {
    found.push([
      "expires",
      `expires more than ${LONGEST_DAYS} days ahead; ${latest} is the latest date allowed today`,
    ]);
  }
  const isAboutPlace = waiver.kind !== COULD_NOT_RUN;
  if (isAboutPlace && waiver.level === undefined) found.push([undefined, "the level is missing"]);
  if (isAboutPlace && (waiver.pointer === undefined) === (waiver.whole === undefined)) {
    found.push([undefined, "needs either a pointer, or `whole: true` for any place in the scenario"]);
  }
  if (waiver.whole === true && waiver.step !== undefined) {
    found.push(["step", "`whole: true` means any step; leave the step out, or give a pointer"]);
  }
  for (const member of ["step", "pointer", "whole", "level"] as const) {
    if (!isAboutPlace && waiver[member] !== undefined) {
      found.push([member, `${COULD_NOT_RUN} excuses the whole case; leave the ${member} out`]);
    }
  }
  return found;
}

function checkMeaning(source: YamlSource, waivers: readonly Waiver[], today: string): SourceProblem[] {
  const seen = new Set<string>();
  return waivers.flatMap((waiver, index) => {
    const complaints = complaintsOn(waiver, today);
    if (seen.has(waiver.id)) complaints.push(["id", "another waiver has this id"]);
    seen.add(waiver.id);
    return complaints.map(([member, message]) => ({
      file: source.file,
      ...source.locate(["waivers", index, ...(member === undefined ? [] : [member])]),
      message: `${waiver.id}: ${message}`,
    }));
  });
}

/**
 * Reads `lockstep.waivers.yaml`. An empty file holds no waivers. An expired waiver is read: what it excuses is not this
 * function's business.
 * @param text content of the file.
 * @param name of the file, for messages.
 * @param today `YYYY-MM-DD`, UTC.
 * @throws LockstepError WAIVERS_INVALID, naming line and column of each problem.
 */
export function readWaivers(text: string, name: string, today: string): readonly Waiver[] {
  const read = readYaml(name, text);
  if ("problems" in read) return failWith("WAIVERS_INVALID", read.problems, HINT);
  if (read.source.value === null || read.source.value === undefined) return [];
  const wrong = checkShape(waiversFile, read.source);
  if (wrong.length > 0) failWith("WAIVERS_INVALID", wrong, HINT);
  const { waivers } = waiversFile.parse(read.source.value);
  const problems = checkMeaning(read.source, waivers, today);
  if (problems.length > 0) failWith("WAIVERS_INVALID", problems, HINT);
  return waivers;
}
