import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestOf } from "../runs/digest.ts";
import { Idempotency } from "./idempotency.ts";

const TTL = 100;
const scope = ["sessions.send", "agent:main:main"];

describe("Idempotency", () => {
  it("knows a request by method, session, key and payload", () => {
    const known = new Idempotency(10, TTL);
    const digest = digestOf({ a: 1, b: 2 });
    expect(digestOf({ b: 2, a: 1 })).toBe(digest);
    expect(known.claim(scope, "k", digest, "r1", 0)).toBe("new");
    expect(known.claim(scope, "k", digest, "r2", 0)).toEqual({ runId: "r1", status: "in_flight" });
    expect(known.claim(scope, "k", digestOf({ a: 2 }), "r3", 0)).toBe("conflict");
    expect(known.claim(["sessions.send", "agent:main:other"], "k", digest, "r4", 0)).toBe("new");
    expect(known.claim(["another", scope[1] ?? ""], "k", digest, "r5", 0)).toBe("new");
    expect(known.claim(scope, undefined, digest, "r6", 0)).toBe("new");
    known.settle(scope, "k", "ok", 5);
    expect(known.claim(scope, "k", digest, "r7", 5 + TTL)).toEqual({ runId: "r1", status: "ok" });
    expect(known.claim(scope, "k", digest, "r8", 6 + TTL)).toBe("new");
  });

  it("does not take one scope's key for another's, whatever separates them", () => {
    const known = new Idempotency(10, TTL);
    known.claim(["m", "a\tb"], "c", "d", "r1", 0);
    expect(known.claim(["m", "a"], "b\tc", "d", "r2", 0)).toBe("new");
    expect(known.claim(["m", 'a","b'], "c", "d", "r3", 0)).toBe("new");
  });

  it("forgets nothing that is under way, however long, and lets go of what came to nothing", () => {
    const known = new Idempotency(2, TTL);
    known.claim(scope, "slow", "d", "r1", 0);
    expect(known.claim(scope, "slow", "d", "r2", 1e9)).toMatchObject({ runId: "r1" });
    known.claim(scope, "b", "d", "r3", 1e9);
    expect(known.claim(scope, "c", "d", "r4", 1e9)).toBe("full");
    known.release(scope, "b");
    expect(known.claim(scope, "c", "d", "r5", 1e9)).toBe("new");
    known.settle(scope, "b", "ok", 1e9);
    expect(known.size).toBe(2);
  });

  it("holds a thousand and no more of those that have ended, the newest", () => {
    const known = new Idempotency(1000, TTL);
    for (let at = 0; at < 1500; at += 1) {
      known.claim(scope, `k${at}`, "d", `r${at}`, 0);
      known.settle(scope, `k${at}`, "ok", 0);
    }
    expect(known.size).toBe(1000);
    expect(known.claim(scope, "k499", "d", "again", 0)).toBe("new");
    expect(known.claim(scope, "k500", "d", "again", 0)).toEqual({ runId: "r500", status: "ok" });
  });

  it("answers every history as a list of everything that ever happened would", () => {
    interface Made {
      readonly key: string;
      readonly digest: string;
      readonly runId: string;
      endedAt: number | undefined;
    }
    const step = fc.record({
      op: fc.constantFrom("claim", "claim", "settle", "release", "pass"),
      key: fc.constantFrom("a", "b", "c", "d"),
      digest: fc.constantFrom("x", "y"),
      ms: fc.integer({ min: 1, max: 60 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const most = 2;
        const known = new Idempotency(most, TTL);
        let all: Made[] = [];
        let now = 0;
        const remembered = (): Made[] => {
          const ended = all.filter(({ endedAt }) => endedAt !== undefined);
          ended.sort((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0));
          const young = new Set(ended.slice(-most).filter(({ endedAt }) => now - (endedAt ?? 0) <= TTL));
          return all.filter((made) => made.endedAt === undefined || young.has(made));
        };
        for (const [at, { op, key, digest, ms }] of steps.entries()) {
          now += op === "pass" ? ms : 0;
          const made = remembered().find((one) => one.key === key);
          const open = made?.endedAt === undefined ? made : undefined;
          if (op === "settle") {
            known.settle(["m"], key, "ok", now);
            if (open !== undefined) {
              open.endedAt = now;
              all = [...all.filter((one) => one !== open), open];
            }
          } else if (op === "release") {
            known.release(["m"], key);
            all = all.filter((one) => one !== open);
          }
          const runId = `r${at}`;
          const isFull = remembered().filter(({ endedAt }) => endedAt === undefined).length >= most;
          const status = made?.endedAt === undefined ? "in_flight" : "ok";
          const same = made?.digest === digest ? { runId: made.runId, status } : "conflict";
          const expected = made === undefined ? (isFull ? "full" : "new") : same;
          const asks = op === "claim";
          expect(asks ? known.claim(["m"], key, digest, runId, now) : expected).toEqual(expected);
          if (asks && expected === "new") all.push({ key, digest, runId, endedAt: undefined });
          expect(known.size).toBeLessThanOrEqual(2 * most);
        }
      }),
    );
  });
});
