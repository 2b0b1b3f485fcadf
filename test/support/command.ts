import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** The built command, as a user runs it. */
const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Environment without what would change how the command behaves on this machine. */
function cleanEnv(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(CI|GITHUB_.*|DEBUG|NO_COLOR|FORCE_COLOR|OPENCLAW_.*|LOCKSTEP_.*)$/.test(name),
  );
  return { ...Object.fromEntries(kept), ...more };
}

/** A command that was started; `ended` waits for it. */
export class Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  #stdout = "";
  #stderr = "";

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}, cwd = process.cwd()) {
    this.child = spawn(process.execPath, [MAIN, ...args], {
      cwd,
      env: cleanEnv(env),
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => (this.#stdout += text));
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.#stderr += text));
    this.ended = once(this.child, "close").then(([exitCode]: (number | null)[]) => ({
      exitCode: exitCode ?? null,
      stdout: this.#stdout,
      stderr: this.#stderr,
    }));
  }

  /** Resolves once standard output holds a text. */
  async printed(text: string): Promise<void> {
    while (!this.#stdout.includes(text)) {
      if (this.child.exitCode !== null) throw new Error(`it ended without printing ${text}: ${this.#stderr}`);
      await once(this.child.stdout ?? this.child, "data");
    }
  }
}

/** Runs the built command to its end. */
export function lockstep(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd?: string,
): Promise<Ended> {
  return new Running(args, env, cwd).ended;
}
