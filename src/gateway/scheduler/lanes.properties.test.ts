import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LanesWorld, step } from "../../../test/support/lanes-world.ts";
import { Lanes, OVER_CAP } from "./lanes.ts";
import type { Turn } from "./types.ts";

/** `npm run test:properties` asks for many more. */
const HISTORIES = Number(process.env["LOCKSTEP_HISTORIES"] ?? 2000);
const QUIETS = 10;

describe("Lanes, whatever happens in whatever order", () => {
  it(
    "lose no turn, give none out twice, run one at a time, keep lanes apart, and stay within bounds",
    { timeout: 3_600_000 },
    () => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 60, size: "max" }), (history) => {
          const world = new LanesWorld();
          for (const one of history) world.play(one);
          expect(() => world.settle()).not.toThrow();
        }),
        { numRuns: HISTORIES },
      );
    },
  );

  // Some fall quiet now and then, some never do.
  const gaps = fc.oneof(
    fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 40 }),
    fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 20, maxLength: 60 }),
  );
  it("want quiet before a turn that waited runs, but not for ever", () => {
    fc.assert(
      fc.property(gaps, (chosen) => {
        const debounceMs = 10;
        const settings = { mode: "collect", cap: 99, drop: "old", debounceMs } as const;
        const lanes = new Lanes<Turn>({ maxActive: 1, maxWaiting: 99 });
        const turn = (id: string): Turn => ({ id, route: "x", line: id });
        lanes.arrive("a", turn("runs"), settings, 0);
        let now = 0;
        let last = 0;
        let isEnded = false;
        let startedAt: number | undefined;
        for (const [at, gap] of chosen.entries()) {
          now += gap;
          const effects = isEnded ? lanes.tick(now) : [];
          if (effects.some(({ type }) => type === "start")) {
            startedAt = now;
            break;
          }
          last = now;
          lanes.arrive("a", turn(String(at)), settings, now);
          if (!isEnded) lanes.finish("a", now);
          isEnded = true;
        }
        const first = chosen[0] ?? 0;
        const due = Math.min(last + debounceMs, first + QUIETS * debounceMs);
        expect(startedAt ?? lanes.wakeAt).toBeGreaterThanOrEqual(due);
        expect(startedAt === undefined ? lanes.wakeAt : due).toBe(due);
      }),
    );
  });
});

describe("Lanes at their bounds", () => {
  const turn = (id: string, route?: string): Turn => ({ id, route, line: id });
  const settings = { mode: "followup", cap: 20, drop: "old", debounceMs: 0 } as const;

  it("hold so many turns over all lanes, and refuse what would have to push out another lane's", () => {
    const lanes = new Lanes<Turn>({ maxActive: 1, maxWaiting: 4 });
    lanes.arrive("a", turn("runs"), settings, 0);
    for (const name of ["b", "c", "d", "e"]) lanes.arrive(name, turn(name), settings, 0);
    expect(lanes.load()).toBe(4);
    const late = lanes.arrive("f", turn("late"), settings, 0);
    expect(late.placement).toEqual({ status: "dropped", reason: OVER_CAP });
    expect(late.effects.map(({ type }) => type)).toEqual(["drop"]);
    // Its own turn makes room for a newer one; one more behind the run does not.
    expect(lanes.arrive("b", turn("b2"), settings, 0).placement).toEqual({ status: "queued", position: 1 });
    expect(lanes.arrive("a", turn("a2"), settings, 0).placement).toMatchObject({ status: "dropped" });
    expect(lanes.arrive("a", turn("a3"), { ...settings, mode: "steer" }, 0).placement).toMatchObject({
      status: "queued",
    });
    expect([lanes.load(), lanes.names().length]).toEqual([5, 5]);
  });

  it("keep a line of each of the newest turns that were dropped, and tell them once", () => {
    const lanes = new Lanes<Turn>({ maxActive: 1, maxWaiting: 99 });
    const summarize = { ...settings, cap: 2, drop: "summarize" } as const;
    lanes.arrive("a", turn("runs", "x"), summarize, 0);
    for (let at = 1; at <= 7; at += 1)
      lanes.arrive("a", turn(`${"long ".repeat(60)}${at}`, "x"), summarize, 0);
    const [start] = lanes.finish("a", 0);
    expect(start).toMatchObject({ type: "start", notes: { count: 5 } });
    const lines = start?.type === "start" ? (start.notes?.lines ?? []) : [];
    expect(lines.map((line) => line.length)).toEqual([160, 160]);
    expect(lanes.finish("a", 0)).toMatchObject([{ type: "start", notes: undefined }]);
  });
});
