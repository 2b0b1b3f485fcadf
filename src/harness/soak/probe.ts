import { setTimeout as sleep } from "node:timers/promises";
import type { Latency, SoakMeasures } from "./format.ts";
import { latencyOf } from "./figures.ts";
import type { SoakClient } from "./soak-client.ts";

/** How health was answered. */
export interface ProbeResult extends Pick<SoakMeasures, "refusals" | "unanswered"> {
  readonly latency: Latency;
}

const EVERY_MS = 50;

/**
 * Asks for health twenty times a second, whether or not the last answer is there, until the time is over or the
 * connection is. Only what the target is late by counts: a timer of our own that fires late is no fault of its.
 * @param options.drainMs how long the last answers are waited for
 * @param options.between called before each request; told whether nothing is under way, so that what it does delays nobody
 */
export async function probeHealth(
  client: SoakClient,
  options: {
    readonly durationMs: number;
    readonly drainMs: number;
    readonly between?: (isFree: boolean) => void;
  },
): Promise<ProbeResult> {
  const times: number[] = [];
  const asked = new Set<Promise<void>>();
  let refused: { method: string; count: number; text: string } | undefined;
  const ask = async (): Promise<void> => {
    const from = performance.now();
    const answer = await client.request("health", {});
    if (answer === "ok") times.push(performance.now() - from);
    else if (answer !== "closed") {
      refused ??= { method: "health", count: 0, text: answer.refused };
      refused.count += 1;
    }
  };
  const start = performance.now();
  for (let due = start; due < start + options.durationMs && client.closed === undefined; due += EVERY_MS) {
    await sleep(Math.max(0, due - performance.now()));
    options.between?.(client.waiting === 0);
    const one = ask();
    asked.add(one);
    void one.then(() => asked.delete(one));
  }
  await Promise.race([Promise.all(asked), sleep(options.drainMs, undefined, { ref: false })]);
  return {
    latency: latencyOf(times),
    refusals: refused === undefined ? [] : [refused],
    unanswered: client.waiting,
  };
}
