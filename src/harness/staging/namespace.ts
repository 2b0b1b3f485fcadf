import { randomInt } from "node:crypto";
import { sessionKeyFor } from "../scenario/resolver.ts";

const LETTERS = "abcdefghijklmnopqrstuvwxyz";
const SIGNS = `${LETTERS}0123456789`;

/** Letters and digits that all ids of one run begin with; the rest of the eight counts its cases. */
const RUN_SIGNS = 5;
const CASE_SIGNS = 3;

/** The key of a session that some run of ours made. Keys come back from gateways in lower case. */
const RUN_KEY = /^agent:main:lockstep-([a-z][a-z0-9]{7})-./;

/** A fresh id for a whole run: what the ids of its cases begin with. */
export function createRunPrefix(): string {
  const rest = Array.from({ length: RUN_SIGNS - 1 }, () => SIGNS.charAt(randomInt(SIGNS.length)));
  return LETTERS.charAt(randomInt(LETTERS.length)) + rest.join("");
}

/** The id of a run's case by its number, from 0 on: eight letters and digits, as every case of any run has. */
export function caseIdOf(run: string, number: number): string {
  const text = (number % 36 ** CASE_SIGNS).toString(36);
  return run + text.padStart(CASE_SIGNS, "0");
}

/** Whether a key, as it is sent, can only mean a session of this case's own. `id` is the case's. */
export function isOwnKey(key: unknown, id: string): boolean {
  if (typeof key !== "string") return false;
  const prefix = sessionKeyFor(id, "");
  return key.startsWith(prefix) && /^[a-z0-9][a-z0-9._-]*$/i.test(key.slice(prefix.length));
}

/** The eight-sign id of the case that made a session, by the session's key; nothing for everybody else's sessions. */
export function caseIdOfKey(key: string): string | undefined {
  return RUN_KEY.exec(key)?.[1];
}

/** Whether a session was made by a run: `run` is what its cases' ids begin with, or a whole case id. */
export function isOfRun(key: string, run: string): boolean {
  return caseIdOfKey(key)?.startsWith(run) ?? false;
}
