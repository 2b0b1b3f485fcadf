import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { caseResult, failing, outcomeOf } from "../../test/support/outcomes.ts";
import { readReport } from "../harness/report/read-report.ts";
import { LiveReports } from "./live-reports.ts";
import { reportFiles } from "./reporting.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lockstep reports "));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const passing = caseResult({ id: "health/plain" });
const outcome = outcomeOf([passing, failing]);
const plan = {
  oracle: outcome.oracle,
  cases: 2,
  scenarios: ["health/plain", failing.scenario],
  ids: [passing.id, failing.id],
  ...(outcome.target.server === undefined ? {} : { server: outcome.target.server }),
};
const at = (name: string) => join(folder, name);
const text = (name: string) => readFileSync(at(name), "utf8");

/** Reports of a run that has just been planned. */
function begin(...wishes: Parameters<typeof reportFiles>[0]): LiveReports {
  const reports = new LiveReports(outcome, reportFiles(wishes, folder, folder));
  reports.onPlan(plan);
  return reports;
}

describe("the reports of a run", () => {
  it("take the place of an earlier run's as soon as it begins", () => {
    writeFileSync(at("outcome.json"), "{}");
    symlinkSync("elsewhere.xml", at("junit.xml"));
    const reports = begin();
    expect(existsSync(at("outcome.json"))).toBe(false);
    expect(lstatSync(at("junit.xml")).isSymbolicLink()).toBe(true);
    reports.close();
  });

  it("hold each case of a run that was killed, and say that it was", () => {
    const reports = begin();
    reports.onCase(failing, 1, 2);
    const lines = text("outcome.ndjson").trimEnd().split("\n");
    expect(lines).toHaveLength(2);
    expect(JSON.parse(lines[1] ?? "")).toMatchObject({ type: "case", index: 1, id: failing.id });
    expect(() => readReport(text("outcome.ndjson"), "it")).toThrow("it is cut off: it has no footer");
    reports.close();
  });

  it("are whole at its end, also where one file is named twice and no case was told", () => {
    for (const told of [true, false]) {
      const reports = begin({ name: "ndjson", path: "outcome.ndjson" });
      if (told) reports.onCase(failing, 1, 2);
      reports.finish(outcome);
      expect(readReport(text("outcome.ndjson"), "it")).toEqual(outcome);
      expect(readReport(text("outcome.json"), "it")).toEqual(outcome);
      expect(text("junit.xml")).toContain("<testsuites");
    }
  });
});
