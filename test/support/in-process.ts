import { reportFailure } from "../../src/cli/failure.ts";
import type { Io } from "../../src/cli/io.ts";
import { buildProgram } from "../../src/cli/program.ts";

/** A command line run in this process, in a folder: what it printed, and what it would have exited with. */
export async function runHere(args: readonly string[], cwd: string, env: Io["env"] = {}) {
  const printed = { out: "", err: "" };
  const io: Io = {
    out: (text) => void (printed.out += text),
    err: (text) => void (printed.err += text),
    env,
    cwd,
    outIsTerminal: false,
    errIsTerminal: false,
    columns: 80,
    interrupted: new AbortController().signal,
  };
  let exitCode = 0;
  try {
    const program = await buildProgram(args, io, (code) => {
      exitCode = code;
    });
    await program.parseAsync([...args], { from: "user" });
  } catch (error) {
    exitCode = reportFailure(error, io, false);
  }
  return { exitCode, ...printed };
}
