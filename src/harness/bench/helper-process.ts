import { type ChildProcess, fork } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { LockstepError } from "../../contract/lockstep-error.ts";
import { cleanUpOnExit } from "../target/live-launches.ts";

/** A process of ours that answers messages one by one. */
export interface HelperProcess {
  /** The next message it sends. @throws LockstepError HARNESS_FAULT when it ends instead */
  readonly next: () => Promise<unknown>;
  readonly send: (message: object) => void;
  readonly end: () => void;
}

/** Where each lies below `src/harness`. */
const ENTRIES = {
  "load-main": "bench/load-main",
  "echo-main": "bench/echo-main",
  "soak-main": "soak/soak-main",
} as const;

/** Built files alone can be run by plain Node; from sources the built twin is taken. */
function entryPath(entry: string): string {
  const beside = fileURLToPath(new URL(`../${entry}.js`, import.meta.url));
  if (existsSync(beside)) return beside;
  return fileURLToPath(new URL(`../../../dist/harness/${entry}.js`, import.meta.url));
}

/** Starts one of our own processes. It ends with this process, whatever ends that. */
export function startHelper(name: keyof typeof ENTRIES): HelperProcess {
  const child: ChildProcess = fork(entryPath(ENTRIES[name]), {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const forget = cleanUpOnExit(() => child.kill("SIGKILL"));
  return {
    next: () =>
      new Promise((resolve, reject) => {
        const onEnd = (): void =>
          reject(new LockstepError("HARNESS_FAULT", `lockstep's own process ${name} ended by itself`));
        if (child.exitCode !== null || child.signalCode !== null) {
          onEnd();
          return;
        }
        child.once("exit", onEnd);
        child.once("message", (message) => {
          child.off("exit", onEnd);
          resolve(message);
        });
      }),
    // Whoever waits for the answer is told that nobody is there.
    send: (message) => void child.send(message, () => {}),
    end: () => {
      child.kill("SIGKILL");
      forget();
    },
  };
}
