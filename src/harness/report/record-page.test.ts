import { describe, expect, it } from "vitest";
import { madeRecording } from "../../../test/support/made-recordings.ts";
import { bindingDifference, textDifference } from "../../../test/support/outcomes.ts";
import type { PendingReview, RecordReport } from "../record/index.ts";
import { advertisedLine, recordPage, reviewPage } from "./record-page.ts";

const NOTHING: RecordReport = { written: [], unchanged: [], refused: [] };

describe("recordPage", () => {
  it("says that nothing is to be reviewed, and asks for no review", () => {
    expect(recordPage({ ...NOTHING, unchanged: ["a/one", "a/two"] })).toBe(
      "\n0 recordings to review, 2 unchanged, 0 refused\n",
    );
  });

  it("lists what was written and why the rest was not, case by case", () => {
    const page = recordPage({
      written: [{ scenario: "a/one", file: "recordings/a/one.json.new" }],
      unchanged: [],
      refused: [
        {
          scenario: "b/dead",
          cases: [
            { id: "b/dead", refusal: { why: "failed", failure: { kind: "unreachable", reason: "no one" } } },
          ],
          missing: [],
        },
        {
          scenario: "b/moody",
          cases: [
            {
              id: "b/moody[x=1]",
              refusal: {
                why: "unstable",
                unstable: [{ step: 0, pointer: "/received/0/ok", values: [true, false], hint: "differs" }],
              },
            },
            {
              id: "b/moody[x=2]",
              refusal: { why: "contradicted", differences: [textDifference, bindingDifference] },
            },
          ],
          missing: ["b/moody[x=3]"],
        },
      ],
    });
    expect(page).toBe(`+ a/one  recordings/a/one.json.new
✗ b/dead  not recorded
    b/dead
      no one
✗ b/moody  not recorded
    b/moody[x=1]
      step 1 /received/0/ok: differs; values: [true,false]
    b/moody[x=2]
      step 2 /received/0/error/message: the text differs
      step 3 /received/0/payload/sessionId: must be the value bound before
    b/moody[x=3]: has no recording and was not asked for

1 recording to review, 0 unchanged, 2 refused
next: lockstep review
`);
  });

  it.each([
    [8, undefined],
    [9, "      and 1 more place"],
    [12, "      and 4 more places"],
  ])("lists eight of %d places, and counts the others", (count, rest) => {
    const unstable = Array.from({ length: count }, (_, step) => ({
      step,
      pointer: `/${step}`,
      values: ["x".repeat(500)],
      hint: "differs",
    }));
    const refusal = { why: "unstable", unstable } as const;
    const refused = [{ scenario: "a/one", cases: [{ id: "a/one", refusal }], missing: [] }];
    const lines = recordPage({ ...NOTHING, refused }).split("\n");
    const places = lines.filter((line) => line.startsWith("      step "));
    expect(places).toHaveLength(8);
    expect(places[7]).toMatch(/^ {6}step 8 \/7: differs; values: \["x+\.\.\.$/);
    expect(lines.find((line) => line.includes(" more "))).toBe(rest);
  });
});

describe("advertisedLine", () => {
  const file = "recordings/o/advertised.json";
  const many = Array.from({ length: 9 }, (_, index) => `m${index}`);

  it.each([
    ["asked for the first time", true, ["a", "b"], [], `${file}: 2 methods and events that hello-ok names\n`],
    [
      "some more and less",
      false,
      ["a"],
      ["b", "c"],
      `hello-ok names other methods and events: +a -b -c  ${file}\n`,
    ],
    [
      "too many to be named",
      false,
      many,
      ["b"],
      `hello-ok names other methods and events: 9 more, 1 fewer  ${file}\n`,
    ],
    ["the same in", false, [], [], `hello-ok names other methods and events: another order  ${file}\n`],
  ])("%s", (_name, isNew, added, removed, expected) => {
    expect(advertisedLine({ file, isNew, added, removed })).toBe(expected);
  });
});

describe("reviewPage", () => {
  const pending = (members: Partial<PendingReview>): PendingReview => ({
    scenario: "a/one",
    file: "recordings/a/one.json",
    recording: madeRecording("a/one", [{}]),
    isNew: false,
    scenarioChanged: false,
    casesAdded: [],
    casesRemoved: [],
    moves: [],
    ...members,
  });

  it("says so when nothing waits", () => {
    expect(reviewPage([])).toBe("nothing waits for review\n");
  });

  it("shows what is new, gone and otherwise, a null like any other value", () => {
    const page = reviewPage([
      pending({ scenario: "a/new", isNew: true }),
      pending({
        casesAdded: ["x=2"],
        casesRemoved: ["x=1"],
        moves: [
          { case: "", step: 0, pointer: "/received/0/ok", before: true, after: false },
          { case: "x=3", step: 1, pointer: "/received/0/payload/a", after: null },
          { case: "x=3", step: 1, pointer: "/received/0/payload/b", before: null },
          { case: "x=3", step: 2, pointer: "/received/0/payload/c", before: null, after: "y".repeat(200) },
        ],
      }),
      pending({ scenario: "a/two", scenarioChanged: true, moves: [] }),
    ]);
    expect(page).toBe(`+ a/new  new, 1 case
~ a/one  the oracle answers otherwise: 4 places moved
    + case x=2
    - case x=1
    ~ step 1 /received/0/ok  true -> false
    + [x=3] step 2 /received/0/payload/a  null
    - [x=3] step 2 /received/0/payload/b  null
    ~ [x=3] step 3 /received/0/payload/c  null -> "${"y".repeat(116)}...
~ a/two  the scenario changed: 0 places moved

3 recordings to review; read one with git diff --no-index, or lockstep show ID
next: lockstep accept [ids...|--all], or lockstep reject [ids...|--all]
`);
  });
});
