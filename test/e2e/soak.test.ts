import { expect, test } from "vitest";
import { FULL_SOAK, runSoak, SHORT_SOAK, slope } from "../support/soak.ts";

/** `npm run test:soak` asks for five minutes of 2 200 connections; by default a few seconds of 60. */
const full = process.env["LOCKSTEP_SOAK"] === "full" || process.env["npm_lifecycle_event"] === "test:soak";
const size = full ? FULL_SOAK : SHORT_SOAK;

test(
  `${size.idle} idle and ${size.busy} busy connections: all are served, none is lost${full ? ", memory stays" : ""}`,
  async () => {
    const report = await runSoak(size, full ? (line) => console.info(line) : undefined);
    expect(report.refusals).toEqual([]);
    expect(report.lost).toBe(0);
    expect(report.answersPerSecond).toBeGreaterThan(0);
    expect(report.health.loaded.count).toBeGreaterThan(0);
    expect(report.rss.length).toBeGreaterThan(1);
    if (!full) return;
    console.info(JSON.stringify({ ...report, rss: undefined }, null, 2));
    expect(report.rssSlope).toBeLessThan(1_000_000);
  },
  size.loadMs + 120_000,
);

test("the slope is that of the line through the points", () => {
  expect(slope([1, 2, 3, 4].map((x) => ({ x, y: 3 * x + 7 })))).toBeCloseTo(3);
});
