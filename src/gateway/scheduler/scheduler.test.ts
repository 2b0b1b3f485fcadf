import { describe, expect, it } from "vitest";
import { Scheduler } from "./scheduler.ts";
import type { QueueSettings, Turn } from "./types.ts";

const SETTINGS: QueueSettings = { mode: "followup", cap: 20, drop: "old", debounceMs: 0 };
const turn = (id: string, route?: string): Turn => ({ id, route, line: id });

/** A scheduler whose runs end when they are told to. */
function held(maxActive = 2) {
  const log: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  const hold = (lane: string): Promise<void> =>
    new Promise((resolve, reject) => {
      ends.set(lane, (error) => (error === undefined ? resolve() : reject(error)));
    });
  const scheduler = new Scheduler<Turn>(
    { maxActive, maxWaiting: 9 },
    {
      run: (lane, turns) => {
        log.push(`run ${turns.map(({ id }) => id).join("+")}`);
        return hold(lane);
      },
      tell: (lane, carrier, { count }) => {
        log.push(`tell ${count} for ${carrier.id}`);
        return hold(lane);
      },
      drop: ({ id }, reason) => log.push(`drop ${id}: ${reason}`),
      abort: (lane) => {
        log.push(`abort ${lane}`);
        ends.get(lane)?.();
      },
    },
    Date.now,
  );
  const end = async (lane: string, error?: Error): Promise<void> => {
    ends.get(lane)?.(error);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { scheduler, log, end };
}

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("Scheduler", () => {
  it("runs one turn a lane at a time, in order, whatever a run throws, and then is idle", async () => {
    const { scheduler, log, end } = held();
    expect(scheduler.enter("a", turn("1"), SETTINGS)).toEqual({ status: "started" });
    // Whoever enters a turn hears where it stands before it runs.
    expect(log).toEqual([]);
    await soon();
    expect(scheduler.enter("a", turn("2"), SETTINGS)).toEqual({ status: "queued", position: 1 });
    expect(scheduler.enter("b", turn("3"), SETTINGS)).toEqual({ status: "started" });
    expect(scheduler.enter("c", turn("4"), SETTINGS)).toEqual({ status: "queued", position: 1 });
    let isIdle = false;
    const idle = scheduler.idle().then(() => {
      isIdle = true;
    });
    await end("a", new Error("the run failed"));
    expect([log, isIdle, scheduler.pending()]).toEqual([["run 1", "run 3", "run 4"], false, 1]);
    await end("b");
    await end("a");
    await end("c");
    await idle;
    expect([log.at(-1), scheduler.names(), scheduler.isBusy("a")]).toEqual(["run 2", [], false]);
  });

  it("joins, tells what was dropped, cancels and clears", async () => {
    const { scheduler, log, end } = held();
    scheduler.enter("a", turn("1"), SETTINGS);
    await soon();
    const collect = { ...SETTINGS, mode: "collect" } as const;
    scheduler.enter("a", turn("2", "x"), collect);
    expect(scheduler.enter("a", turn("3", "x"), collect)).toEqual({ status: "merged", position: 1 });
    scheduler.enter("a", turn("4", "x"), collect);
    expect([scheduler.pending("a"), scheduler.load("a")]).toEqual([1, 3]);
    scheduler.cancel("a", "3", "taken back");
    await end("a");
    expect(log).toEqual(["run 1", "drop 3: taken back", "run 2+4"]);
    for (const id of ["5", "6"]) scheduler.enter("a", turn(id), { ...SETTINGS, cap: 1, drop: "summarize" });
    await end("a");
    expect(log.slice(3)).toEqual(["drop 5: too many messages were waiting", "tell 1 for 5"]);
    expect(scheduler.clear("a", "over")).toBe(1);
    await end("a");
    await scheduler.idle("a");
    expect(log.at(-1)).toBe("drop 6: over");
  });

  it("wakes a lane that wanted quiet, and leaves no timer behind", async () => {
    const { scheduler, log, end } = held();
    scheduler.enter("a", turn("1"), SETTINGS);
    await soon();
    scheduler.enter("a", turn("2"), { ...SETTINGS, debounceMs: 30 });
    await end("a");
    expect([log, scheduler.isBusy("a")]).toEqual([["run 1"], true]);
    await expect.poll(() => log).toEqual(["run 1", "run 2"]);
    await end("a");
    scheduler.close();
    expect(scheduler.names()).toEqual([]);
  });

  it("lets what runs end when it is stopped, and aborts what takes too long", async () => {
    const { scheduler, log, end } = held();
    scheduler.enter("a", turn("1"), SETTINGS);
    scheduler.enter("b", turn("2"), SETTINGS);
    await soon();
    scheduler.enter("a", turn("3"), SETTINGS);
    scheduler.stop(30);
    await end("b");
    expect(scheduler.enter("c", turn("4"), SETTINGS)).toEqual({
      status: "dropped",
      reason: "the gateway is stopping",
    });
    await scheduler.idle();
    expect(log).toEqual([
      "run 1",
      "run 2",
      "drop 3: the gateway is stopping",
      "drop 4: the gateway is stopping",
      "abort a",
    ]);
    scheduler.close();
  });
});
