import { CommanderError } from "commander";
import { LockstepError } from "../contract/lockstep-error.ts";
import { GatewayError } from "../gateway/errors.ts";
import type { Io } from "./io.ts";

const UNEXPECTED = 5;
const USAGE = 2;

function causes(error: unknown): string[] {
  const lines: string[] = [];
  for (
    let cause = error instanceof Error ? error.cause : undefined;
    cause instanceof Error;
    cause = cause.cause
  ) {
    lines.push(`  because: ${cause.message}\n`);
  }
  return lines;
}

/**
 * Says on standard error what went wrong.
 * @param verbose whether to add the stack.
 * @returns the exit code it ends in: that of a LockstepError, 2 for a bad command line, 5 for anything unexpected.
 */
export function reportFailure(error: unknown, io: Pick<Io, "err">, verbose: boolean): number {
  if (error instanceof CommanderError) {
    // Commander has printed its own message, and help and version are no failures.
    return error.exitCode === 0 ? 0 : USAGE;
  }
  // What it was started with cannot be used.
  if (error instanceof GatewayError) {
    io.err(`error: ${error.message}\nhint: ${error.hint}\ncode: ${error.code} (exit ${USAGE})\n`);
    return USAGE;
  }
  const stack = verbose && error instanceof Error ? `${error.stack ?? ""}\n` : "";
  if (error instanceof LockstepError) {
    const hint = error.hint === undefined ? "" : `hint: ${error.hint}\n`;
    io.err(
      `error: ${error.message}\n${causes(error).join("")}${hint}code: ${error.code} (exit ${error.exitCode})\n${stack}`,
    );
    return error.exitCode;
  }
  const message = error instanceof Error ? error.message : String(error);
  const hint = verbose ? "" : "hint: this is a fault of lockstep itself; --verbose shows where\n";
  io.err(
    `error: ${message}\n${causes(error).join("")}${hint}code: HARNESS_FAULT (exit ${UNEXPECTED})\n${stack}`,
  );
  return UNEXPECTED;
}
