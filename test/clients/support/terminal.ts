import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import type { Openclaw } from "./openclaw.ts";

/** Whether a command can be given a terminal here: with `script` of util-linux (that of BSD and macOS takes other flags). */
export function hasTerminal(): boolean {
  const { stdout } = spawnSync("script", ["--version"], { encoding: "utf8" });
  return (stdout ?? "").includes("util-linux");
}

/** A client in a terminal of 120 columns. */
export interface Terminal {
  readonly type: (keys: string) => void;
  /** All that was written so far, without colours and cursor movements. */
  readonly text: () => string;
  /** Where the text ends now, for `until`. */
  readonly mark: () => number;
  /** Resolves when the text after a mark matches; rejects with it when the client ends or time is up. */
  readonly until: (pattern: RegExp, after?: number, timeoutMs?: number) => Promise<void>;
  readonly ended: Promise<number | null>;
  readonly close: () => Promise<void>;
}

/* oxlint-disable no-control-regex -- terminals are controlled by control characters */
const CONTROL =
  /\x1b\[[0-9;?<>=:]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[_PX^][^\x1b]*\x1b\\|\x1b[()*+].|\x1b[=>78cDEHM]/g;
const UNFINISHED = /\x1b[^\x1b]*$/;
/* oxlint-enable no-control-regex */

const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** Starts a client in a terminal. */
export function openTerminal(openclaw: Openclaw, ...args: readonly string[]): Terminal {
  const command = openclaw
    .command(...args)
    .map(quote)
    .join(" ");
  const child = spawn("script", ["-qfec", `stty rows 50 cols 120; exec ${command}`, "/dev/null"], {
    cwd: openclaw.home,
    env: { ...openclaw.env, TERM: "xterm-256color" },
    // Its own group: ending `script` alone would leave the client behind.
    detached: true,
  });
  let raw = "";
  const watchers = new Set<() => void>();
  const changed = (): void => {
    for (const watch of watchers) watch();
  };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    raw += text;
    changed();
  });
  const ended = new Promise<number | null>((resolve) => {
    child.once("close", (code) => {
      resolve(code);
      changed();
    });
  });
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const text = (): string => raw.replaceAll(CONTROL, "").replace(UNFINISHED, "");
  return {
    type: (keys) => child.stdin.write(keys),
    text,
    mark: () => text().length,
    until: (pattern, after = 0, timeoutMs = 45_000) =>
      new Promise((resolve, reject) => {
        const finish = (error?: Error): void => {
          clearTimeout(timer);
          watchers.delete(watch);
          if (error === undefined) resolve();
          else reject(error);
        };
        const missing = (why: string): Error =>
          new Error(`${why} before ${pattern}:\n${text().slice(after)}`);
        const timer = setTimeout(() => finish(missing("time was up")), timeoutMs);
        const watch = (): void => {
          if (pattern.test(text().slice(after))) finish();
          else if (isOver()) finish(missing("it ended"));
        };
        watchers.add(watch);
        watch();
      }),
    ended,
    close: async () => {
      if (isOver()) return;
      const gone = once(child, "close");
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      await gone;
    },
  };
}
