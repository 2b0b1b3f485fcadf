import type { CaseResult, Diagnosis } from "../outcome.ts";
import { findDialect } from "./dialect.ts";
import { findHandshake } from "./handshake.ts";
import type { Probe, ProbeFinding } from "./probe.ts";

/**
 * What is wrong with the target as a whole, most telling first: a port that speaks another dialect gets one sentence
 * instead of hundreds of failures.
 * @param options.tokenGiven whether the user named a token; it decides what is advised when the target refuses it.
 * @returns findings, those under which no case can pass marked `fatal`; empty when the probe went well.
 */
export function diagnoseProbe(probe: Probe, options: { readonly tokenGiven: boolean }): ProbeFinding[] {
  const dialect = findDialect(probe);
  const spokenWrongly = dialect.some((found) => found.fatal);
  return [...dialect, ...findHandshake(probe, options.tokenGiven, spokenWrongly)];
}

/** Findings as the outcome carries them, with the number of failing cases each explains. */
export function toDiagnoses(findings: readonly ProbeFinding[], cases: readonly CaseResult[]): Diagnosis[] {
  const failing = cases.filter((result) => result.status === "fail");
  return findings.map(({ title, detail, fatal, explains }) => ({
    title,
    detail,
    explains: fatal
      ? cases.length
      : failing.filter((result) => result.differences.some(({ pointer }) => explains.test(pointer))).length,
  }));
}
