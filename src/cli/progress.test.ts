import { describe, expect, it } from "vitest";
import { caseResult } from "../../test/support/outcomes.ts";
import { plain } from "../harness/report/paint.ts";
import { Progress } from "./progress.ts";

const result = caseResult({ id: "health/a" });

function narrate(errIsTerminal: boolean, tellsScenarios: boolean) {
  let out = "";
  let err = "";
  const io = {
    out: (text: string) => (out += text),
    err: (text: string) => (err += text),
    errIsTerminal,
    columns: 12,
  };
  const progress = new Progress(io, {
    paint: plain,
    tool: "lockstep 1",
    oracle: "openclaw@1",
    target: { name: "reference", kind: "reference" },
    tellsScenarios,
  });
  progress.onPlan({ oracle: "openclaw@1", cases: 1, scenarios: ["health/a"], ids: ["health/a"] });
  progress.onCase(result, 1, 1);
  progress.onScenario("health/a", [result]);
  progress.status.clear();
  return { out, err };
}

describe("Progress", () => {
  it("tells scenarios to a pipe, and nothing besides", () => {
    expect(narrate(false, true)).toEqual({
      out: "lockstep 1 · oracle openclaw@1 · target reference · 1 case\n\n✓ health/a  shape ✓ semantic ✓ exact ✓   1 case\n",
      err: "",
    });
  });

  it("leaves standard output to a report for machines", () => {
    expect(narrate(false, false)).toEqual({ out: "", err: "" });
  });

  it("overwrites one line on a terminal, cut to its width, and takes it away at the end", () => {
    const { err } = narrate(true, false);
    expect(err).toBe("\r\u001b[2K1/1  health\r\u001b[2K");
  });
});
