import { describe, expect, it } from "vitest";
import { caseResult } from "../../../test/support/outcomes.ts";
import type { Difference } from "../compare/difference.ts";
import { draftWaivers } from "./draft-waivers.ts";
import { addWaivers, removeWaivers, renewWaiver } from "./edit-waivers.ts";
import { readWaivers } from "./read-waivers.ts";
import type { Waiver } from "./schema.ts";

const TODAY = "2026-03-01";
const FILE = `# what our port still gets wrong
waivers:
  # the store is being rewritten
  - id: one # the first
    scenario: sessions.list/sorted
    pointer: "/received/0/payload/sessions/*/updatedAt"
    kind: order
    level: semantic
    reason: 'sorts by creation until store v2; a long reason that goes on beyond any column at which a printer would fold it'
    issue: https://example.com/issues/88
    owner: "@acme/gateway"
    expires: 2026-05-30 # renewed once
    class: failing

  # a second one
  - id: two
    scenario: health/plain
    whole: true
    kind: text
    level: exact
    reason: words it otherwise
    issue: https://example.com/issues/89
    owner: "@acme/gateway"
    expires: 2026-03-30
    class: flaky

# the end
`;

const drafted: Waiver = {
  id: "three",
  scenario: "health/plain",
  step: 1,
  pointer: "",
  kind: "timeout",
  level: "shape",
  reason: "TODO",
  issue: "TODO",
  owner: "TODO",
  expires: "2026-03-31",
  class: "failing",
};

describe("edits of a waivers file", () => {
  it("renewing changes one line and no other, comments included", () => {
    const renewed = renewWaiver(FILE, "one", { expires: "2026-05-31" });
    expect(renewed).toBe(FILE.replace("2026-05-30 #", "2026-05-31 #"));
  });

  it("renewing with a reason changes the reason too", () => {
    const renewed = renewWaiver(FILE, "two", { expires: "2026-04-30", reason: "waits for v3" });
    expect(renewed).toBe(
      FILE.replace("2026-03-30", "2026-04-30").replace("words it otherwise", "waits for v3"),
    );
  });

  it("says which ids there are when one is not", () => {
    expect(() => renewWaiver(FILE, "nine", { expires: "2026-04-30" })).toThrow(
      expect.objectContaining({ code: "USAGE", hint: "ids: one, two" }),
    );
  });

  it("adding leaves what stands there, and what was drafted is refused until it is filled in", () => {
    const added = addWaivers(FILE, [drafted]);
    expect(added.startsWith(FILE.slice(0, FILE.indexOf("\n# the end")))).toBe(true);
    expect(added).toContain("# the end");
    expect(() => readWaivers(added, "w.yaml", TODAY)).toThrow(/three: the reason was never filled in/);
    const filled = added.replaceAll("issue: TODO", "issue: https://x.org/1").replaceAll("TODO", "somebody");
    expect(readWaivers(filled, "w.yaml", TODAY).map(({ id }) => id)).toEqual(["one", "two", "three"]);
  });

  it("makes a file out of nothing, and keeps a list at the margin there", () => {
    expect(addWaivers("", [drafted])).toMatch(/^# yaml-language-server: [^]*\nwaivers:\n {2}- id: three\n/);
    expect(addWaivers("waivers:\n- id: x\n", [drafted])).toMatch(/^waivers:\n- id: x\n- id: three\n/);
    expect(addWaivers("# nothing yet\n", [drafted])).toMatch(/^# nothing yet\n[^]*- id: three\n/);
  });

  it("removing takes the comment before a waiver with it, and leaves the others", () => {
    const without = removeWaivers(FILE, new Set(["two"]));
    expect(readWaivers(without, "w.yaml", TODAY).map(({ id }) => id)).toEqual(["one"]);
    expect(without).toContain("# the store is being rewritten");
    expect(without).not.toContain("a second one");
    expect(removeWaivers(FILE, new Set())).toBe(FILE);
    expect(readWaivers(removeWaivers(FILE, new Set(["one", "two"])), "w.yaml", TODAY)).toEqual([]);
  });
});

describe("draftWaivers", () => {
  const difference = (pointer: string, members: Partial<Difference> = {}): Difference => ({
    kind: "value",
    level: "semantic",
    step: 1,
    pointer,
    message: "m",
    ...members,
  });
  const failing = (
    id: string,
    differences: readonly Difference[],
    required: "exact" | "semantic" = "exact",
  ) => caseResult({ id, status: "fail", reached: "shape", required, differences });
  const draft = (cases: readonly ReturnType<typeof caseResult>[], existing: readonly Waiver[] = []) =>
    draftWaivers({ cases }, existing, TODAY);

  it("names the place as reports print it, steps counted from 1", () => {
    expect(draft([failing("a/b", [difference("/received/0/payload/x")])])).toEqual([
      {
        id: "a.b-1",
        scenario: "a/b",
        step: 2,
        pointer: "/received/0/payload/x",
        kind: "value",
        level: "semantic",
        reason: "TODO",
        issue: "TODO",
        owner: "TODO",
        expires: "2026-03-31",
        class: "failing",
      },
    ]);
  });

  it("makes one place of the elements of a list, but not of frames", () => {
    const list = ["0", "1"].map((n) => difference(`/received/0/payload/list/${n}/key`));
    const frames = ["0", "1"].map((n) => difference(`/received/${n}/payload/id`));
    expect(draft([failing("a/b", [...list, ...frames])]).map(({ pointer }) => pointer)).toEqual([
      "/received/0/payload/list/*/key",
      "/received/0/payload/id",
      "/received/1/payload/id",
    ]);
  });

  it("speaks of the scenario when all of its cases differ there, else of each case", () => {
    const cases = ["x", "y", "z"].map((name) => failing(`a/b[${name}]`, [difference("/received/0/all")]));
    const [first] = cases;
    if (first !== undefined)
      cases[0] = failing(first.id, [...first.differences, difference("/received/0/one")]);
    expect(draft(cases).map(({ id, scenario }) => [id, scenario])).toEqual([
      ["a.b-1", "a/b"],
      ["a.b-2", "a/b[x]"],
    ]);
  });

  it("leaves out what is not asked for, what is waived, and what passes", () => {
    const text = difference("/received/0/error/message", { kind: "text", level: "exact" });
    expect(
      draft([failing("a/b", [text], "semantic"), caseResult({ id: "a/c", differences: [text] })]),
    ).toEqual([]);
    const cases = [failing("a/b", [difference("/received/0/x")])];
    const own = draft(cases);
    expect(draft(cases, own)).toEqual([]);
    expect(
      draft(
        cases,
        own.map((w) => ({ ...w, expires: "2026-02-01" })),
      ).map(({ id }) => id),
    ).toEqual(["a.b-2"]);
  });
});
