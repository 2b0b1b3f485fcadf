import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createAnnouncer } from "./announcer.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("while few listen, everything is announced as it happens", () => {
  const send = vi.fn<() => void>();
  const announcer = createAnnouncer(send, () => 64);
  for (let n = 0; n < 100; n += 1) announcer.announce();
  expect(send).toHaveBeenCalledTimes(100);
});

test("with many, what comes too soon waits, and is told once", () => {
  let state = 0;
  const told: number[] = [];
  const announcer = createAnnouncer(
    () => told.push(state),
    () => 2_064,
  );
  for (state = 1; state <= 1_000; state += 1) {
    announcer.announce();
    vi.advanceTimersByTime(10);
  }
  // Ten seconds, 1.5 of them between two.
  expect(told.length).toBeLessThan(9);
  expect(told[0]).toBe(1);
  vi.advanceTimersByTime(1_500);
  expect(told.at(-1)).toBe(1_001);
  const before = told.length;
  vi.advanceTimersByTime(60_000);
  expect(told).toHaveLength(before);
});

test("a closed one tells no more", () => {
  const send = vi.fn<() => void>();
  const announcer = createAnnouncer(send, () => 5_000);
  announcer.announce();
  announcer.announce();
  announcer.close();
  vi.advanceTimersByTime(60_000);
  expect(send).toHaveBeenCalledTimes(1);
});
