import { randomInt } from "node:crypto";

const LETTERS = "abcdefghijklmnopqrstuvwxyz";
const SIGNS = `${LETTERS}0123456789`;

/** A fresh run id: 8 lower-case letters and digits, the first a letter so that it never reads as a number. */
export function createRunId(): string {
  const rest = Array.from({ length: 7 }, () => SIGNS.charAt(randomInt(SIGNS.length)));
  return LETTERS.charAt(randomInt(LETTERS.length)) + rest.join("");
}
