/** Something of ours that must not outlive this process: a process group, a folder. */
type Cleanup = () => void;

const live = new Set<Cleanup>();
let watching = false;

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function cleanAll(): void {
  for (const cleanup of live) {
    try {
      cleanup();
    } catch {
      // One that fails must not keep the others from being ended.
    }
  }
  live.clear();
}

function onSignal(signal: NodeJS.Signals): void {
  cleanAll();
  // Listening took away the signal's own effect. It is given back, unless somebody else decides what the signal does.
  if (process.listenerCount(signal) <= 1) {
    process.off(signal, onSignal);
    process.kill(process.pid, signal);
  }
}

/**
 * Has `cleanup` run when this process ends, by itself or by a signal. It must be synchronous.
 * @returns takes it back
 */
export function cleanUpOnExit(cleanup: Cleanup): () => void {
  live.add(cleanup);
  if (!watching) {
    watching = true;
    process.on("exit", cleanAll);
    // First in line: a `once` listener is off the list as soon as it runs, and would not be counted after that.
    for (const signal of SIGNALS) process.prependListener(signal, onSignal);
  }
  return () => {
    live.delete(cleanup);
    if (live.size === 0 && watching) {
      watching = false;
      process.off("exit", cleanAll);
      for (const signal of SIGNALS) process.off(signal, onSignal);
    }
  };
}
