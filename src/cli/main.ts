#!/usr/bin/env node
import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { reportFailure } from "./failure.ts";
import type { Io } from "./io.ts";
import { buildProgram } from "./program.ts";

/** Signals that ask for an end; the second one of any kind is not waited for. */
const STOP_SIGNALS = ["SIGINT", "SIGTERM"] as const;

const VERBOSE = "--verbose";

function processIo(): Io {
  const interruption = new AbortController();
  // `lockstep list | head` closes our output early; that is no fault.
  process.stdout.on("error", () => {});
  process.stderr.on("error", () => {});
  for (const signal of STOP_SIGNALS) process.once(signal, () => interruption.abort(signal));
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    env: process.env,
    cwd: process.cwd(),
    outIsTerminal: process.stdout.isTTY,
    errIsTerminal: process.stderr.isTTY,
    columns: process.stderr.columns ?? 80,
    interrupted: interruption.signal,
  };
}

/**
 * Runs one command line and ends the process with its exit code.
 * @param args what stands behind the command's name.
 */
export async function main(args: readonly string[]): Promise<void> {
  const io = processIo();
  const verbose = args.includes(VERBOSE) || (io.env["DEBUG"] ?? "").includes("lockstep");
  let exitCode = 0;
  try {
    // It belongs to every command alike, wherever it stands.
    const rest = args.filter((arg) => arg !== VERBOSE);
    const program = await buildProgram(rest, io, (code) => {
      exitCode = code;
    });
    await program.parseAsync(rest, { from: "user" });
  } catch (error) {
    exitCode = reportFailure(error, io, verbose);
  }
  // A launched target's sockets may linger; what was printed goes out first, since a pipe takes its time.
  process.stdout.write("", () => process.stderr.write("", () => process.exit(exitCode)));
}

const invoked = process.argv[1];
if (invoked !== undefined && realpathSync(invoked) === fileURLToPath(import.meta.url)) {
  await main(process.argv.slice(2));
}
