import { describe, expect, it, vi } from "vitest";
import { Jobs } from "./jobs.ts";
import { Remembered } from "./remembered.ts";

describe("Remembered", () => {
  it("forgets what is old, and the oldest when there is too much", () => {
    let now = 0;
    const kept = new Remembered<number>(2, 100, () => now);
    kept.set("a", 1);
    kept.set("b", 2);
    kept.set("a", 3);
    kept.set("c", 4);
    expect([kept.get("a"), kept.get("b"), kept.get("c"), kept.size]).toEqual([3, undefined, 4, 2]);
    now = 101;
    expect([kept.get("a"), kept.size]).toEqual([undefined, 1]);
    kept.set("d", 5);
    expect(kept.size).toBe(1);
  });
});

describe("Jobs", () => {
  it("tell everybody who waits, and who asks later", async () => {
    const jobs = new Jobs(() => 0, 15_000);
    const both = Promise.all([jobs.wait("r", 5000), jobs.wait("r", 5000)]);
    const late = jobs.wait("other", 5000);
    jobs.settle("r", { status: "ok", endedAt: 1 });
    expect(await both).toEqual([
      { status: "ok", endedAt: 1 },
      { status: "ok", endedAt: 1 },
    ]);
    expect(await jobs.wait("r", 0)).toEqual({ status: "ok", endedAt: 1 });
    expect(await jobs.wait("nobody", 1)).toBeUndefined();
    jobs.close();
    expect(await late).toEqual({ status: "timeout" });
  });

  it("are not waited for by those who have left", async () => {
    const jobs = new Jobs(() => 0, 15_000);
    const gone = new AbortController();
    const waiting = Array.from({ length: 5 }, (_, n) => jobs.wait(`r${n % 2}`, 2_000_000_000, gone.signal));
    expect(jobs.waiters).toBe(5);
    gone.abort("gone");
    expect(await Promise.all(waiting)).toEqual(Array(5).fill(undefined));
    expect(jobs.waiters).toBe(0);
    expect(await jobs.wait("r", 2_000_000_000, gone.signal)).toBeUndefined();
  });

  it("keep so many failures back; the oldest is told early", async () => {
    vi.useFakeTimers();
    try {
      const jobs = new Jobs(() => 0, 15_000);
      const failed = { status: "error", endedAt: 1, error: "no" } as const;
      for (let n = 0; n < 1000; n += 1) jobs.settle(`r${n}`, failed);
      expect(await jobs.wait("r0", 0)).toBeUndefined();
      jobs.settle("r1000", failed);
      expect(await jobs.wait("r0", 0)).toEqual(failed);
      expect(await jobs.wait("r1", 0)).toBeUndefined();
      jobs.close();
    } finally {
      vi.useRealTimers();
    }
  });

  it("keep a failure back, and forget it when another try succeeds", async () => {
    vi.useFakeTimers();
    try {
      const jobs = new Jobs(() => 0, 15_000);
      const failed = { status: "error", endedAt: 1, error: "no" } as const;
      jobs.settle("r", failed);
      jobs.settle("again", failed);
      const waiting = jobs.wait("r", 60_000);
      vi.advanceTimersByTime(14_999);
      expect(await jobs.wait("r", 0)).toBeUndefined();
      jobs.settle("again", { status: "ok", endedAt: 2 });
      vi.advanceTimersByTime(1);
      expect(await waiting).toEqual(failed);
      expect(await jobs.wait("r", 0)).toEqual(failed);
      expect(await jobs.wait("again", 0)).toEqual({ status: "ok", endedAt: 2 });
    } finally {
      vi.useRealTimers();
    }
  });
});
