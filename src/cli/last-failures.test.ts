import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { caseResult, failing, incomplete, outcomeOf } from "../../test/support/outcomes.ts";
import { lastFailures, rememberFailures, updateFailures } from "./last-failures.ts";

const mended = caseResult({ id: failing.id });

describe("updateFailures", () => {
  it("adds what failed, takes out what passes, and keeps what did not run", () => {
    expect(updateFailures([], outcomeOf([failing, incomplete]))).toEqual([incomplete.id, failing.id]);
    expect(updateFailures(["other/case", failing.id], outcomeOf([mended]))).toEqual(["other/case"]);
  });

  it("learns nothing from cases that a run which ended early did not reach", () => {
    const early = { ...outcomeOf([failing, incomplete]), isPartial: true };
    expect(updateFailures([], early)).toEqual([failing.id]);
    expect(updateFailures([incomplete.id], early)).toEqual([incomplete.id, failing.id]);
  });
});

describe("lastFailures", () => {
  let cwd = "";
  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), "lockstep-last-"));
  });
  afterEach(() => rmSync(cwd, { recursive: true, force: true }));
  const subject = () => ({ cwd, oracle: "openclaw@1", target: "cmd:./a --port {port}", suite: "/suite" });
  const nothing = (text: string) =>
    expect.objectContaining({
      code: "NOTHING_SELECTED",
      message: expect.stringContaining(text) as string,
    }) as Error;

  it("remembers by target, oracle and suite, out of version control", () => {
    rememberFailures(subject(), outcomeOf([failing]));
    expect([...lastFailures(subject())]).toEqual([failing.id]);
    for (const other of [{ target: "reference" }, { oracle: "openclaw@2" }, { suite: "/other" }]) {
      expect(() => lastFailures({ ...subject(), ...other })).toThrow(nothing("no run of"));
    }
    expect(readFileSync(join(cwd, ".lockstep/.gitignore"), "utf8")).toBe("*\n");
  });

  it("says so when nothing failed", () => {
    rememberFailures(subject(), outcomeOf([failing]));
    rememberFailures(subject(), outcomeOf([mended]));
    expect(() => lastFailures(subject())).toThrow(nothing("nothing failed when"));
  });

  it("does without a folder it cannot write", () => {
    const away = { ...subject(), cwd: join(cwd, "\0") };
    expect(() => rememberFailures(away, outcomeOf([failing]))).not.toThrow();
    expect(() => lastFailures(away)).toThrow(nothing("no run of"));
  });
});
