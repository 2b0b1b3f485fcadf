import { describe, expect, it } from "vitest";
import { LockstepError } from "../../contract/index.ts";
import { readWaivers } from "./read-waivers.ts";

const TODAY = "2026-03-01";
const FILE = `# what our port still gets wrong
waivers:
  - id: sorts-by-creation
    scenario: sessions.list/sorted
    step: 4
    pointer: /received/0/payload/sessions/*/updatedAt
    kind: order
    level: semantic
    reason: sorts by creation until store v2
    issue: https://example.com/issues/88
    owner: "@acme/gateway"
    expires: 2026-05-30
    class: failing
`;

const edit = (from: string, to: string) => FILE.replace(from, to);

function refusal(text: string): string {
  try {
    readWaivers(text, "w.yaml", TODAY);
  } catch (error) {
    if (error instanceof LockstepError && error.code === "WAIVERS_INVALID") return error.message;
    throw error;
  }
  return "accepted";
}

describe("readWaivers", () => {
  it("reads a waiver, dates as texts", () => {
    expect(readWaivers(FILE, "w.yaml", TODAY)).toMatchObject([{ step: 4, expires: "2026-05-30" }]);
  });

  it("an empty file, and a list of none, hold no waiver", () => {
    expect(readWaivers("# none\n", "w.yaml", TODAY)).toEqual([]);
    expect(readWaivers("waivers: []\n", "w.yaml", TODAY)).toEqual([]);
  });

  it("reads an expired one: that it excuses nothing is told in the run", () => {
    expect(readWaivers(edit("2026-05-30", "2020-01-01"), "w.yaml", TODAY)).toHaveLength(1);
  });

  it.each([
    [
      "a reason to fill in",
      edit("sorts by creation until store v2", "TODO say why"),
      "w.yaml:9:13: sorts-by-creation: the reason was never filled in",
    ],
    [
      "an empty reason",
      edit("sorts by creation until store v2", '""'),
      "w.yaml:9:13: sorts-by-creation: the reason",
    ],
    ["an owner to fill in", edit('"@acme/gateway"', "todo"), "w.yaml:11:12: sorts-by-creation: the owner"],
    [
      "an issue to fill in",
      edit("https://example.com/issues/88", "TODO"),
      "w.yaml:10:12: sorts-by-creation: the issue was",
    ],
    ["an issue that is no URL", edit("https://example.com/issues/88", "#88 maybe"), "w.yaml:10:12"],
    [
      "91 days",
      edit("2026-05-30", "2026-05-31"),
      "w.yaml:12:14: sorts-by-creation: expires more than 90 days ahead; 2026-05-30 is",
    ],
    ["no date", edit("2026-05-30", "2026-02-30"), "w.yaml:12:14: /waivers/0/expires: Invalid ISO date"],
    [
      "no pointer",
      edit("    pointer: /received/0/payload/sessions/*/updatedAt\n", ""),
      "w.yaml:3:5: sorts-by-creation: needs either a pointer",
    ],
    [
      "both",
      edit("    kind:", "    whole: true\n    kind:"),
      "w.yaml:3:5: sorts-by-creation: needs either a pointer",
    ],
    ["no level", edit("    level: semantic\n", ""), "w.yaml:3:5: sorts-by-creation: the level is missing"],
    ["a pointer without a slash", edit("/received", "received"), "w.yaml:6:14"],
    ["no such kind", edit("order", "ordering"), "w.yaml:7:11: /waivers/0/kind"],
    [
      "a place for what could not run",
      edit("order", "could-not-run"),
      "w.yaml:5:11: sorts-by-creation: could-not-run excuses the whole case; leave the step out",
    ],
    ["a member that is none", edit("    owner:", "    ower:"), "w.yaml:11:5"],
    ["no YAML", "waivers: [", "w.yaml:1:"],
    [
      "the same id twice",
      FILE + FILE.split("\n").slice(2).join("\n"),
      "w.yaml:14:9: sorts-by-creation: another waiver has this id",
    ],
  ])("refuses %s, and says where", (_name, text, message) => {
    expect(refusal(text)).toContain(message);
  });
});
