import { describe, expect, it } from "vitest";
import { type SoakFile, soakFile, type SoakMeasures } from "./format.ts";
import { faultsOf } from "./judge.ts";
import { renderSoak } from "./render.ts";
import { soakSize, USUAL_SOAK } from "./size.ts";

const latency = (p99: number | null) => ({ count: p99 === null ? 0 : 100, p50: p99, p99, max: p99 });

/** Measures of a soak in which nothing went wrong, but for what is said. */
function measured(change: Partial<SoakMeasures> = {}): SoakMeasures {
  return {
    durationMs: 300_000,
    size: soakSize(USUAL_SOAK),
    health: { alone: latency(2), idle: latency(4), loaded: latency(12) },
    p99Ratio: { toAlone: 6, toIdle: 3 },
    processor: { used: 100, waitedFor: 5 },
    rss: [
      { second: 0, bytes: 100_000_000 },
      { second: 300, bytes: 104_000_000 },
    ],
    rssSlope: 800_000,
    answersPerSecond: 400,
    eventsReceived: 9,
    refusals: [],
    unanswered: 0,
    lost: { count: 0, why: null },
    refused: null,
    ended: null,
    ...change,
  };
}
const under = (minutes: number) => soakSize({ ...USUAL_SOAK, minutes });
const slow = (idle: number, loaded: number | null, toIdle: number | null) => ({
  health: { alone: latency(1), idle: latency(idle), loaded: latency(loaded) },
  p99Ratio: { toAlone: null, toIdle },
});
const refusal = { method: "sessions.patch", text: "UNAVAILABLE: busy" };

describe("faultsOf", () => {
  it.each<[string, Partial<SoakMeasures>]>([
    ["nothing went wrong", {}],
    ["memory grows by a megabyte a minute and not more", { rssSlope: 1_000_000 }],
    ["memory is given back", { rssSlope: -50_000_000 }],
    ["memory grows in less than five minutes", { size: under(4.9), rssSlope: 50_000_000 }],
    ["there was no time to see memory grow", { size: under(0.1), rssSlope: null }],
    ["health is five times later", slow(4, 20, 5)],
    [
      "health was asked for too seldom to tell a late answer from a slow target",
      {
        health: { alone: latency(1), idle: { ...latency(1), count: 99 }, loaded: latency(80) },
        p99Ratio: { toAlone: 80, toIdle: 80 },
      },
    ],
    ["health beside idle connections was too quick to compare", slow(0, 20, null)],
  ])("has none when %s", (_, change) => {
    expect(faultsOf(measured(change))).toEqual([]);
  });

  it.each<[string, Partial<SoakMeasures>, readonly string[]]>([
    ["a leak", { rssSlope: 1_000_001 }, ["memory grows by 1.00 MB a minute"]],
    ["memory nobody looked at", { rssSlope: null, rss: [] }, ["memory was not measured: 0 samples"]],
    [
      "health that is late under load",
      slow(4, 20.1, 5.03),
      ["the p99 of health under load is more than 5 times that beside idle connections"],
    ],
    ["health without an answer", slow(4, null, null), ["health was never answered under load"]],
    [
      "a lost connection",
      { lost: { count: 1, why: "closed with 1006" } },
      ["1 connection lost: closed with 1006"],
    ],
    ["requests without an answer", { unanswered: 2 }, ["2 requests never answered"]],
    [
      "refusals",
      {
        refusals: [
          { ...refusal, count: 1 },
          { ...refusal, method: "health", count: 7 },
        ],
      },
      ["sessions.patch refused once: UNAVAILABLE: busy", "health refused 7 times: UNAVAILABLE: busy"],
    ],
    [
      "several at once",
      { rssSlope: 2_500_000, unanswered: 1 },
      ["memory grows by 2.50 MB a minute", "1 request never answered"],
    ],
    [
      "a connection that was not let in, and nothing of what was not measured for it",
      {
        refused: { kind: "busy", opened: 30, why: "closed with 1013" },
        rssSlope: null,
        ...slow(1, null, null),
      },
      ["30 of 200 busy connections were let in: closed with 1013"],
    ],
    [
      "a process that ended, and nothing of what came of that",
      { ended: "the target ended with exit code 137", lost: { count: 2_200, why: "gone" }, rssSlope: 9e9 },
      ["the target ended with exit code 137"],
    ],
  ])("tells %s", (_, change, faults) => {
    expect(faultsOf(measured(change))).toEqual(faults);
  });
});

describe("renderSoak", () => {
  function fileOf(change: Partial<SoakMeasures> = {}): SoakFile {
    const measures = measured(change);
    const faults = faultsOf(measures);
    return soakFile.parse({
      format: "lockstep-soak/1",
      tool: "test",
      date: "2026-03-01T00:00:00.000Z",
      target: "reference",
      machine: { cpu: "x", cores: 1, memoryBytes: 1, os: "x", node: "x" },
      ok: faults.length === 0,
      faults,
      ...measures,
    });
  }

  it("has the table, the figures, and the verdict last", () => {
    expect(renderSoak(fileOf())).toBe(`| health | requests | p50 ms | p99 ms | max ms |
|---|---:|---:|---:|---:|
| alone | 100 | 2 | 2 | 2 |
| idle | 100 | 4 | 4 | 4 |
| loaded | 100 | 12 | 12 | 12 |

p99 under load: 3 x idle, 6 x alone
400 answers a second; 9 events received
RSS 100.00 MB at first, 104.00 MB at last
RSS slope 0.80 MB a minute
the target computed for 100 s, and waited 5 s for a processor
holds
`);
  });

  it("says what was not measured, and does not judge it", () => {
    const change = { size: under(1), rss: [], rssSlope: null, processor: null, ...slow(4, 5, 1.25) };
    const text = renderSoak(fileOf(change));
    expect(text).toContain("1.25 x idle, - alone\n");
    expect(text).toContain(
      "RSS - at first, - at last\nRSS slope - a minute\nmemory is not judged below five minutes\nholds\n",
    );
    expect(text).not.toContain("processor");
  });

  it("says when the machine was busy with something else", () => {
    const text = renderSoak(fileOf({ processor: { used: 10, waitedFor: 1.1 } }));
    expect(text).toContain("repeat this on an idle machine");
    expect(renderSoak(fileOf({ processor: { used: 10, waitedFor: 1 } }))).not.toContain("repeat this");
  });

  it("says when health was asked for too seldom", () => {
    const few = { ...latency(2), count: 99 };
    const text = renderSoak(fileOf({ health: { alone: few, idle: few, loaded: few } }));
    expect(text).toContain("latency is not judged by fewer than 100 requests\n");
    expect(renderSoak(fileOf())).not.toContain("latency");
  });

  it("names every fault on one line, without what would steer a terminal", () => {
    const text = renderSoak(fileOf({ unanswered: 1, lost: { count: 1, why: "\u001b[31mno\nmore" } }));
    expect(text.endsWith("\ndoes not hold: 1 connection lost: no more; 1 request never answered\n")).toBe(
      true,
    );
  });
});

describe("soakSize", () => {
  it("keeps its usual times in a long soak and shortens them in a short one", () => {
    expect(under(60)).toMatchObject({
      loadMs: 3_600_000,
      warmUpMs: 60_000,
      quietMs: 20_000,
      sampleMs: 5_000,
    });
    expect(under(0.5)).toMatchObject({ loadMs: 30_000, warmUpMs: 6_000, quietMs: 6_000, sampleMs: 1_500 });
  });
});
