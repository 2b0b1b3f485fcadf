import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type LaneItem, Lanes } from "./lanes.ts";

const limits = { maxActive: 2, maxPerLane: 3, maxWaiting: 5 };
const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function held() {
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { gate, release };
}

const item = (run: () => Promise<void>, drop: (reason: string) => void = () => undefined): LaneItem => ({
  run,
  drop,
});

describe("Lanes", () => {
  it("runs a lane in order, and so many lanes at once, whatever throws", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ lane: fc.integer({ min: 0, max: 3 }), fails: fc.boolean() }), { maxLength: 30 }),
        async (turns) => {
          const lanes = new Lanes({ maxActive: 2, maxPerLane: 99, maxWaiting: 99 });
          const ran: number[] = [];
          const running = new Set<number>();
          let most = 0;
          turns.forEach(({ lane, fails }, at) => {
            lanes.enter(
              String(lane),
              item(async () => {
                expect(running.has(lane)).toBe(false);
                running.add(lane);
                most = Math.max(most, running.size);
                await soon();
                running.delete(lane);
                ran.push(at);
                if (fails) throw new Error("turn failed");
              }),
            );
          });
          await lanes.idle();
          expect(most).toBeLessThanOrEqual(2);
          for (const lane of [0, 1, 2, 3]) {
            const own = ran.filter((at) => turns[at]?.lane === lane);
            expect(own).toEqual(turns.flatMap((turn, at) => (turn.lane === lane ? [at] : [])));
          }
          expect([lanes.pending(), lanes.isBusy("0")]).toEqual([0, false]);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("drops the oldest of a lane that is full, and everything when it is cleared", async () => {
    const lanes = new Lanes(limits);
    const { gate, release } = held();
    const dropped: string[] = [];
    const ran: string[] = [];
    lanes.enter(
      "a",
      item(() => gate),
    );
    await soon();
    for (const name of ["1", "2", "3", "4"]) {
      lanes.enter(
        "a",
        item(
          async () => void ran.push(name),
          () => dropped.push(name),
        ),
      );
    }
    expect([dropped, lanes.pending("a")]).toEqual([["1"], 3]);
    expect(lanes.clear("a", "over")).toBe(3);
    expect([dropped, lanes.pending(), lanes.isBusy("a")]).toEqual([["1", "2", "3", "4"], 0, true]);
    release();
    await lanes.idle("a");
    expect([ran, lanes.isBusy("a")]).toEqual([[], false]);
  });

  it("is idle when it only stands in line with nothing to do", async () => {
    const lanes = new Lanes({ ...limits, maxActive: 1 });
    const { gate, release } = held();
    lanes.enter(
      "a",
      item(() => gate),
    );
    lanes.enter(
      "b",
      item(async () => undefined),
    );
    await soon();
    lanes.clear("b", "over");
    await lanes.idle("b");
    expect(lanes.isBusy("a")).toBe(true);
    release();
    await lanes.idle();
    expect(lanes.names()).toEqual([]);
  });

  it("says when there is room for one more", async () => {
    const lanes = new Lanes({ ...limits, maxWaiting: 2 });
    const { gate, release } = held();
    lanes.enter(
      "a",
      item(() => gate),
    );
    await soon();
    lanes.enter(
      "a",
      item(async () => undefined),
    );
    expect(lanes.hasRoom()).toBe(true);
    lanes.enter(
      "a",
      item(async () => undefined),
    );
    expect([lanes.hasRoom(), lanes.waitingIn("a").length]).toEqual([false, 2]);
    release();
    await lanes.idle();
    expect(lanes.hasRoom()).toBe(true);
  });
});
