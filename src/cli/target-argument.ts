import { LockstepError } from "../contract/index.ts";
import type { Target } from "../harness/target/index.ts";
import { isLoopback } from "../harness/target/url-target.ts";

/** What a target looks like, right or wrong: no scenario's id holds a colon or an at-sign. */
const LOOKS_LIKE_TARGET = /^(reference$|openclaw@|[a-z][a-z0-9+.-]*:)/i;

/** Whether a word of the command line is meant as a target. */
export const looksLikeTarget = (word: string): boolean => LOOKS_LIKE_TARGET.test(word);

/** Parts `[target] [patterns...]`: the first word is a target only when it looks like one. */
export function splitTarget(words: readonly string[]): { target: string; patterns: readonly string[] } {
  const [first, ...rest] = words;
  if (first !== undefined && looksLikeTarget(first)) return { target: first, patterns: rest };
  return { target: "reference", patterns: words };
}

/**
 * Refuses an endpoint on another machine unless that was asked for: scenarios write sessions and send broken frames.
 * @throws LockstepError TARGET_INSECURE
 */
export function refuseRemote(target: Pick<Target, "kind" | "name">, allowed: boolean): void {
  if (allowed || target.kind !== "url" || isLoopback(new URL(target.name).hostname)) return;
  throw new LockstepError(
    "TARGET_INSECURE",
    `${target.name} is on another machine, and scenarios change sessions there`,
    {
      hint: "--allow-remote when that is what you want",
    },
  );
}
