import { describe, expect, it } from "vitest";
import { compareMarkdown, comparePage, compareReport, type CompareReport } from "./report.ts";

type Path = CompareReport["methods"][number]["paths"][number];

const path = (at: string, judged: Path["judged"], more: Partial<Path> = {}): Path => ({
  path: at,
  kind: "value",
  calls: 4,
  raw: 3,
  noise: 0,
  judged,
  why: "primary and secondary agree here",
  examples: [],
  ...more,
});

const report = (more: Partial<CompareReport> = {}): CompareReport => ({
  format: "lockstep-compare/1",
  tool: "lockstep 0",
  at: "2026-02-17T08:00:00.000Z",
  target: "new",
  primary: "old-1",
  secondary: "old-2",
  source: "monday.ndjson",
  repeat: 1,
  durationMs: 5,
  unanswered: 0,
  interrupted: false,
  methods: [],
  notSent: {},
  exitCode: 3,
  ...more,
});

const mixed = report({
  methods: [
    { method: "health", calls: 1, differences: 0, paths: [] },
    {
      method: "sessions.list",
      calls: 4,
      differences: 2,
      paths: [
        path("", "difference", { kind: "timeout", raw: 1 }),
        path("/payload/a|b", "difference", {
          examples: [
            { params: { limit: 1 }, primary: 1, candidate: "x".repeat(120) },
            { primary: 8, candidate: 9 },
          ],
        }),
        path("/payload/path", "own", { why: "every installation has its own (state-path)" }),
        path("/payload/gone", "noise", { kind: "missing", noise: 2, examples: [{ primary: null }] }),
      ],
    },
  ],
  notSent: { "sessions.patch": 2, "chat.send": 1 },
  unanswered: 1,
  interrupted: true,
  exitCode: 1,
});

const LONG = `"${"x".repeat(96)}...`;

it("reads back what it writes, and nothing else", () => {
  expect(compareReport.parse(JSON.parse(JSON.stringify(mixed)))).toEqual(mixed);
  expect(compareReport.safeParse({ ...mixed, more: 1 }).success).toBe(false);
  expect(compareReport.safeParse({ ...mixed, format: "lockstep-compare/2" }).success).toBe(false);
});

describe("comparePage", () => {
  it("lists what differs with an example, counts noise, and says what was left out", () => {
    expect(comparePage(mixed)).toBe(
      `new against old-1: 5 comparisons of 2 methods, 2 fields beyond the noise of old-2

  health  1 call, 0 differences, 0 noisy
  sessions.list  4 calls, 2 differences, 1 noisy, 1 of its own
    (the answer)  timeout  1 of 4 (noise 0): primary and secondary agree here
    /payload/a|b  value  3 of 4 (noise 0): primary and secondary agree here
      expected 1, got ${LONG}
      asked with {"limit":1}

Not sent, since they are no reads or are skipped: sessions.patch (2), chat.send (1)
1 request without an answer of primary or secondary: not compared
It was interrupted before all was asked.
`,
    );
  });

  it("says nothing of what did not happen", () => {
    expect(comparePage(report())).toBe(
      "new against old-1: 0 comparisons of 0 methods, 0 fields beyond the noise of old-2\n",
    );
  });

  it("tells an absent value from null", () => {
    const paths = [path("/payload/x", "difference", { examples: [{ candidate: null }] })];
    const page = comparePage(report({ methods: [{ method: "status", calls: 4, differences: 1, paths }] }));
    expect(page).toContain("expected nothing, got null");
    expect(page).not.toContain("asked with");
  });

  it("lists twenty fields of a method, and how many more there are", () => {
    const paths = Array.from({ length: 23 }, (_, index) => path(`/payload/f${index}`, "difference"));
    const page = comparePage(report({ methods: [{ method: "status", calls: 4, differences: 23, paths }] }));
    expect(page.match(/ \/payload\/f\d+ /g)).toHaveLength(20);
    expect(page).toContain("    and 3 more, in the JSON report\n");
    const twenty = paths.slice(0, 20);
    expect(
      comparePage(report({ methods: [{ method: "status", calls: 4, differences: 20, paths: twenty }] })),
    ).not.toContain("more, in the JSON report");
  });
});

describe("compareMarkdown", () => {
  it("has a table of methods and one of each judgement", () => {
    expect(compareMarkdown(mixed)).toBe(
      `# new against old-1

2026-02-17T08:00:00.000Z, 5 comparisons, 2 fields beyond the noise. Secondary: old-2. Requests: monday.ndjson.

| method | calls | differences | noisy fields |
|---|---:|---:|---:|
| health | 1 | 0 | 0 |
| sessions.list | 4 | 2 | 1 |


## Differences

| method | field | kind | raw | noise | calls | example |
|---|---:|---:|---:|---:|---:|---:|
| sessions.list | (the answer) | timeout | 1 | 0 | 4 |  |
| sessions.list | \`/payload/a\\|b\` | value | 3 | 0 | 4 | \`1 → ${LONG}\` |


## Every installation's own

| method | field | kind | raw | noise | calls | example |
|---|---:|---:|---:|---:|---:|---:|
| sessions.list | \`/payload/path\` | value | 3 | 0 | 4 |  |


## Noise

| method | field | kind | raw | noise | calls | example |
|---|---:|---:|---:|---:|---:|---:|
| sessions.list | \`/payload/gone\` | missing | 3 | 2 | 4 | \`null → nothing\` |


Not sent, since they are no reads or are skipped: sessions.patch (2), chat.send (1)
1 request without an answer of primary or secondary: not compared
It was interrupted before all was asked.
`,
    );
  });

  it("has no section without a field", () => {
    expect(compareMarkdown(report())).not.toContain("##");
  });
});
