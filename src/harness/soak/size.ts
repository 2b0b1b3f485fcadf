import type { SoakSize } from "./format.ts";

/** What whoever asks for a soak may choose. */
export interface SoakChoice {
  /** Minutes under load. */
  readonly minutes: number;
  readonly idle: number;
  readonly busy: number;
  /** Requests of one busy connection in a second. */
  readonly rate: number;
  readonly sessions: number;
}

/** 2 000 idle connections and 200 busy ones for five minutes. */
export const USUAL_SOAK: SoakChoice = { minutes: 5, idle: 2_000, busy: 200, rate: 2, sessions: 1_000 };

/** The times that go with a choice: a minute to warm up, twenty seconds of quiet and a sample each five, less when it is short. */
export function soakSize({ minutes, ...choice }: SoakChoice): SoakSize {
  const loadMs = minutes * 60_000;
  return {
    ...choice,
    loadMs,
    warmUpMs: Math.min(60_000, loadMs / 5),
    quietMs: Math.min(20_000, loadMs / 5),
    sampleMs: Math.min(5_000, loadMs / 20),
  };
}
