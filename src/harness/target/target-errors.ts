import { LockstepError } from "../../contract/lockstep-error.ts";
import type { TargetExit } from "./types.ts";

const HINT_LINES = 20;

/** What a process's end is called in messages: `exit code 1`, `signal SIGKILL`. */
export function describeExit(exit: TargetExit): string {
  return exit.signal === null ? `exit code ${exit.code ?? "unknown"}` : `signal ${exit.signal}`;
}

function logHint(logTail: readonly string[], otherwise: string): string {
  if (logTail.length === 0) return otherwise;
  return `The last lines it wrote:\n${logTail
    .slice(-HINT_LINES)
    .map((line) => `  ${line}`)
    .join("\n")}`;
}

/** The error for a target that ended by itself; the hint holds the end of its log. */
export function targetDied(
  name: string,
  exit: TargetExit,
  logTail: readonly string[],
  when = "while it was being checked",
): LockstepError {
  return new LockstepError("TARGET_DIED", `the target ${name} ended with ${describeExit(exit)} ${when}`, {
    hint: logHint(logTail, "It wrote nothing. Start it by hand to see why it ends."),
  });
}

/** The error for a wait that Ctrl-C ended before the target answered. */
export function waitInterrupted(name: string): LockstepError {
  return new LockstepError("INTERRUPTED", `interrupted while ${name} had not answered yet`);
}

/** The error for a target on which no WebSocket opens. */
export function targetUnreachable(
  name: string,
  url: string,
  waitedMs: number,
  last: string,
  logTail: readonly string[] = [],
): LockstepError {
  return new LockstepError(
    "TARGET_UNREACHABLE",
    `the target ${name} opened no WebSocket on ${url} within ${waitedMs} ms (${last})`,
    { hint: logHint(logTail, "Check the address, and that the gateway listens there.") },
  );
}
