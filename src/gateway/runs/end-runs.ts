import { setTimeout as delay } from "node:timers/promises";
import { gatewayMessage } from "./messages.ts";
import type { ActiveRun } from "./active-runs.ts";
import type { RunRoom } from "./room.ts";

/** Ends a run at once and says so; what it does after that nobody hears. */
export function abortRun(run: ActiveRun, stopReason: string): void {
  run.reporter.aborted(run.requestedKey, stopReason);
  run.controller.abort(stopReason);
}

/** What a transcript keeps of a run that a client aborted: what had been said until then. */
export function partialMessage(run: ActiveRun, origin: "rpc" | "stop-command", at: number) {
  const { partial } = run.reporter;
  if (partial.trim() === "") return undefined;
  const { runId } = run;
  return gatewayMessage(partial, at, {
    idempotencyKey: `${runId}:assistant`,
    openclawAbort: { aborted: true, origin, runId },
  });
}

/**
 * Ends what runs in a session and drops what waits in it.
 * @returns false when a run has not ended in time.
 */
export async function endRuns(room: RunRoom, key: string, stopReason: string): Promise<boolean> {
  room.lanes.clear(key, `the session was ended (${stopReason})`);
  for (const run of room.active.startedIn(key)) abortRun(run, stopReason);
  const timer = new AbortController();
  const late = delay(room.limits.endTimeoutMs, false, { signal: timer.signal }).catch(() => false);
  const ended = await Promise.race([room.lanes.idle(key).then(() => true), late]);
  timer.abort();
  return ended;
}
