import { LockstepError } from "../contract/index.ts";
import { resolveTarget, type Target, type TargetOptions } from "../harness/target/index.ts";
import { isLoopback } from "../harness/target/url-target.ts";

/** What a target looks like, right or wrong: no scenario's id holds a colon or an at-sign. */
const LOOKS_LIKE_TARGET = /^(reference$|openclaw@|[a-z][a-z0-9+.-]*:)/i;

/** Whether a word of the command line is meant as a target. */
export const looksLikeTarget = (word: string): boolean => LOOKS_LIKE_TARGET.test(word);

/** Parts `[target] [patterns...]`: the first word is a target only when it looks like one. */
export function splitTarget(words: readonly string[]): { target: string; patterns: readonly string[] } {
  const [first, ...rest] = words;
  const second = words.find((word, index) => index > 0 && looksLikeTarget(word));
  if (second !== undefined) {
    throw new LockstepError(
      "USAGE",
      `${second} looks like a target, and there is one target, the first word`,
      {
        hint: "[target] [ids or globs...]: run the command once for each target",
      },
    );
  }
  if (first !== undefined && looksLikeTarget(first)) return { target: first, patterns: rest };
  return { target: "reference", patterns: words };
}

/**
 * Refuses an endpoint on another machine for a command that sends far more than one run does.
 * @throws LockstepError TARGET_INSECURE
 */
export function refuseRemote(target: Pick<Target, "kind" | "name">): void {
  if (target.kind !== "url" || isLoopback(new URL(target.name).hostname)) return;
  throw new LockstepError(
    "TARGET_INSECURE",
    `${target.name} is on another machine, and this would keep it busy`,
    {
      hint: "Use a gateway on this machine, or a target that lockstep launches.",
    },
  );
}

/**
 * A target that runs already and that others use too.
 * @throws LockstepError TARGET_INVALID for one that lockstep would launch
 */
export function sharedTarget(spec: string, options: TargetOptions): Target {
  if (/^wss?:/i.test(spec)) return resolveTarget(spec, options);
  throw new LockstepError("TARGET_INVALID", `${spec} is no endpoint that runs already`, {
    hint: "Name its URL, such as wss://staging.example.",
  });
}
