import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Reading } from "./catalogue.ts";

/** How often the process is looked at (docs/gateway.md). */
const PERIOD_MS = 15_000;
const RESOLUTION_MS = 20;
const QUANTILES = [0.5, 0.99, 1] as const;

/** Watches memory and event loop of this process. */
export interface ProcessWatch {
  readings(): Reading[];
  close(): void;
}

/** Starts to look at this process, until it is closed; never keeps the process alive. */
export function watchProcess(): ProcessWatch {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  let memory = process.memoryUsage();
  let late: readonly number[] = QUANTILES.map(() => 0);
  const look = (): void => {
    memory = process.memoryUsage();
    // The monitor times its own timer: a loop that is never late shows the timer's period.
    late = QUANTILES.map((quantile) => {
      const nanoseconds = quantile === 1 ? delays.max : delays.percentile(quantile * 100);
      return Math.max(0, nanoseconds / 1e9 - RESOLUTION_MS / 1e3);
    });
    delays.reset();
  };
  const timer = setInterval(look, PERIOD_MS);
  timer.unref();
  return {
    readings: () => [
      ["lockstep_gateway_resident_memory_bytes", memory.rss],
      ["lockstep_gateway_heap_used_bytes", memory.heapUsed],
      ["lockstep_gateway_heap_total_bytes", memory.heapTotal],
      ...QUANTILES.map((quantile, at): Reading => [
        "lockstep_gateway_event_loop_delay_seconds",
        late[at] ?? 0,
        { quantile: String(quantile) },
      ]),
    ],
    close: () => {
      clearInterval(timer);
      delays.disable();
    },
  };
}
