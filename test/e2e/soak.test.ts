import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import {
  runSoak,
  soakFile,
  soakSize,
  type SoakSize,
  soakTarget,
  USUAL_SOAK,
} from "../../src/harness/soak/index.ts";
import { faultsOf } from "../../src/harness/soak/judge.ts";

/** `npm run test:soak` asks for five minutes of 2 200 connections; by default a few seconds of 60. */
const full = process.env["LOCKSTEP_SOAK"] === "full" || process.env["npm_lifecycle_event"] === "test:soak";
const SHORT: SoakSize = {
  idle: 50,
  busy: 10,
  rate: 10,
  sessions: 20,
  loadMs: 3_000,
  warmUpMs: 1_000,
  quietMs: 500,
  sampleMs: 500,
};
const size = full ? soakSize(USUAL_SOAK) : SHORT;
const command = [process.execPath, fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url))];

test(
  `${size.idle} idle and ${size.busy} busy connections: all are served, none is lost${full ? ", memory stays" : ""}`,
  async () => {
    const { file } = await runSoak(
      {
        soaked: soakTarget("reference", command, {}),
        size,
        signal: new AbortController().signal,
        onProgress: full ? (line) => console.info(line) : () => {},
      },
      { tool: "test" },
    );
    expect(soakFile.parse(JSON.parse(JSON.stringify(file)))).toEqual(file);
    expect(file).toMatchObject({
      refusals: [],
      refused: null,
      unanswered: 0,
      lost: { count: 0 },
      ended: null,
    });
    expect(file.answersPerSecond).toBeGreaterThan(0);
    expect(file.health.loaded.count).toBeGreaterThan(0);
    expect(file.rss.length).toBeGreaterThan(1);
    expect(file.durationMs).toBe(size.loadMs);
    if (!full) return;
    console.info(JSON.stringify({ ...file, rss: undefined }, null, 2));
    expect(faultsOf(file).filter((fault) => fault.startsWith("memory"))).toEqual([]);
  },
  size.loadMs + 120_000,
);
