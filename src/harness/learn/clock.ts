import type { Capture } from "../run/capture.ts";
import { timeOf } from "./forms.ts";

/** Distance that a reading of the target's clock may have from the time of the case, in milliseconds. */
export const CLOCK_SLACK_MS = 2_000;

/** Whether a value reads as a time during the case. */
export function isDuring(value: unknown, clock: Capture["clock"]): boolean {
  const time = timeOf(value);
  return time !== undefined && time >= clock.start - CLOCK_SLACK_MS && time <= clock.end + CLOCK_SLACK_MS;
}

/**
 * Two readings this close may come in either order: a runtime takes them in different tasks of the same millisecond or
 * two, and the oracle always having been early in one of them promises nothing.
 */
export const SAME_MOMENT_MS = 25;
