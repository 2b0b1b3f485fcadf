import { describe, expect, it } from "vitest";
import {
  ask,
  BUILD,
  evidence,
  failing,
  green,
  plain as passing,
  run,
  TARGET,
  without,
} from "../../../test/support/gate-evidence.ts";
import type { Paint } from "../report/paint.ts";
import type { Decision } from "./decision.ts";
import { renderDecision } from "./render.ts";

const yes = ask([...green, ...evidence()]);
const reason = (members: Partial<Decision["reasons"][number]> = {}): Decision["reasons"][number] => ({
  type: "SoakFailed",
  severity: "no",
  expected: "a soak that went well",
  found: "one that did not",
  todo: "mend it",
  subjects: [],
  ...members,
});
/** Colours that can be read in an assertion. */
const tags: Paint = (style, text) => `<${style}>${text}</${style}>`;

describe("renderDecision", () => {
  it("says yes in two lines", () => {
    expect(renderDecision(yes)).toBe(
      `YES: ${TARGET} (build ${BUILD}) may replace openclaw@2026.2.17
2 of 2 required scenarios as demanded, 0 waived · 10 green in a row · exit 0
`,
    );
  });

  it("gives each reason of a decision that was made, with what to do", () => {
    const text = renderDecision(ask([...without(0, run(0.5, [passing, failing])), ...evidence()]));
    expect(text).toMatch(/^NO: .* may not replace openclaw@2026\.2\.17\n/);
    expect(text).toMatch(
      /\n {2}✗ RequiredScenarioFailed {2}expected [^\n]+; found [^\n]+\n {6}[^\n]*sessions\.list\/sorted[^\n]*\n {6}mend the candidate/,
    );
    expect(text).toMatch(
      /\n1 of 2 required scenarios as demanded, 0 waived · \d+ green in a row · exit 1\n$/,
    );
  });

  it("names five subjects, and counts the others", () => {
    const subjects = (count: number) =>
      renderDecision({
        ...yes,
        reasons: [reason({ subjects: Array.from({ length: count }, (_, i) => `s${i}`) })],
      });
    expect(subjects(5)).toContain("\n      s0\n      s1\n      s2\n      s3\n      s4\n      mend it\n");
    expect(subjects(7)).toContain("\n      s4\n      and 2 more\n      mend it\n");
  });

  it("says where the policy is weaker, and nothing of where it is stricter", () => {
    const deviations: Decision["policy"]["deviations"] = [
      { name: "greenRuns", default: 10, value: 2, effect: "weaker" },
      { name: "maxAge", default: 1, value: null, effect: "weaker" },
      { name: "allowWaived", default: 3, value: 0, effect: "stricter" },
    ];
    const text = renderDecision({ ...yes, policy: { ...yes.policy, deviations } });
    expect(text).toContain("\n  the policy is weaker than the default: greenRuns 2, maxAge null\n");
    const stricter = renderDecision({ ...yes, policy: { ...yes.policy, deviations: deviations.slice(2) } });
    expect(stricter).toBe(renderDecision(yes));
  });

  it("takes no orders for the terminal from a report", () => {
    const text = renderDecision({
      ...yes,
      target: "\u001b[2Jport",
      reasons: [reason({ expected: "\u001b[31ma\nb", found: "\u0007c", subjects: ["d\r\ne"] })],
    });
    expect(text).toContain("YES: port ");
    expect(text).toContain("expected a b; found  c\n      d e\n");
  });

  it.each([
    ["yes", "green"],
    ["no", "red"],
    ["unknown", "yellow"],
  ] as const)("paints %s %s", (answer, colour) => {
    const reasons = [reason(), reason({ severity: "unknown" })];
    const text = renderDecision({ ...yes, answer, reasons }, tags);
    expect(text.startsWith(`<${colour}>${answer.toUpperCase()}: `)).toBe(true);
    expect(text).toContain("\n  <red>✗</red> <bold>SoakFailed</bold>  ");
    expect(text).toContain("\n  <yellow>?</yellow> <bold>SoakFailed</bold>  ");
    expect(text).toContain("\n<dim>      mend it</dim>\n");
  });
});
