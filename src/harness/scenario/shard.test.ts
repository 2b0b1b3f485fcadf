import { assert, integer, property, stringMatching } from "fast-check";
import { describe, expect, it } from "vitest";
import { isInShard } from "./shard.ts";

const id = stringMatching(/^[a-z.]{1,12}\/[a-z-]{1,20}$/);
const holders = (scenario: string, count: number) =>
  Array.from({ length: count }, (_, index) => index + 1).filter((index) =>
    isInShard(scenario, { index, count }),
  );

describe("isInShard", () => {
  it("puts every scenario into exactly one part", () => {
    assert(
      property(id, integer({ min: 1, max: 64 }), (scenario, count) => {
        expect(holders(scenario, count)).toHaveLength(1);
      }),
    );
  });

  it("is the same on every machine and in every version", () => {
    expect(
      ["sessions.patch/label-unique", "health/plain", "connect/token"].map(
        (scenario) => holders(scenario, 5)[0],
      ),
    ).toMatchInlineSnapshot(`
      [
        3,
        2,
        2,
      ]
    `);
  });

  it("deals parts of about the same size", () => {
    const scenarios = Array.from({ length: 4_000 }, (_, index) => `sessions.patch/case-${index}`);
    for (const count of [2, 4, 8]) {
      const sizes = new Map<number, number>();
      for (const scenario of scenarios) {
        const holder = holders(scenario, count)[0] ?? 0;
        sizes.set(holder, (sizes.get(holder) ?? 0) + 1);
      }
      const fair = scenarios.length / count;
      for (const size of sizes.values()) expect(Math.abs(size - fair) / fair).toBeLessThan(0.15);
      expect(sizes.size).toBe(count);
    }
  });
});
