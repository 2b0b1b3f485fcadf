import { describe, expect, it } from "vitest";
import { Turns } from "./turns.ts";

describe("Turns", () => {
  it("runs what has the same name one after the other, failures included", async () => {
    const turns = new Turns();
    const seen: string[] = [];
    const work =
      (name: string, fail = false) =>
      async () => {
        seen.push(`${name} begins`);
        await new Promise((resolve) => setImmediate(resolve));
        seen.push(`${name} ends`);
        if (fail) throw new Error(name);
        return name;
      };
    const results = await Promise.allSettled([
      turns.take("x", work("a", true)),
      turns.take("x", work("b")),
      turns.take("y", work("c")),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "fulfilled"]);
    expect(seen.indexOf("b begins")).toBeGreaterThan(seen.indexOf("a ends"));
    expect(seen.indexOf("c begins")).toBeLessThan(seen.indexOf("a ends"));
  });

  it("tells when nothing is under way", async () => {
    const turns = new Turns();
    let ended = false;
    void turns.take("x", async () => {
      await new Promise((resolve) => setImmediate(resolve));
      ended = true;
    });
    await turns.settle();
    expect(ended).toBe(true);
  });
});
