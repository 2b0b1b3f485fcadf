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

/** Built files alone can be run by plain Node; from sources the built twin is taken. */
function entryPath(name: string): string {
  const beside = fileURLToPath(new URL(`./${name}.js`, import.meta.url));
  if (existsSync(beside)) return beside;
  return fileURLToPath(new URL(`../../../dist/harness/bench/${name}.js`, import.meta.url));
}

/** Starts `<name>.js` of this folder. It ends with this process, whatever ends that. */
export function startHelper(name: "load-main" | "echo-main"): HelperProcess {
  const child: ChildProcess = fork(entryPath(name), { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const forget = cleanUpOnExit(() => child.kill("SIGKILL"));
  return {
    next: () =>
      new Promise((resolve, reject) => {
        const onEnd = (): void =>
          reject(new LockstepError("HARNESS_FAULT", `the benchmark's process ${name} ended by itself`));
        child.once("exit", onEnd);
        child.once("message", (message) => {
          child.off("exit", onEnd);
          resolve(message);
        });
      }),
    send: (message) => child.send(message),
    end: () => {
      child.kill("SIGKILL");
      forget();
    },
  };
}
