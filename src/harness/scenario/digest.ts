import { createHash } from "node:crypto";
import { canonicalJson, isObject } from "./json.ts";
import type { FixtureFile, ScenarioFile } from "./schema.ts";

/** Members of a step that say something about it and send nothing. */
const SILENT = new Set(["note", "oracle-bug"]);

/** An exclusion changes what is written into a recording; its reason does not. */
function stripExclusions(value: unknown): unknown {
  return Array.isArray(value)
    ? value.map((entry: unknown) => (isObject(entry) ? entry["at"] : entry))
    : value;
}

function stripStep(step: unknown): unknown {
  if (!isObject(step)) return step;
  const members = Object.entries(step)
    .filter(([key]) => !SILENT.has(key))
    .map(([key, value]): [string, unknown] => {
      if (key === "exclude") return [key, stripExclusions(value)];
      return key === "together" && Array.isArray(value) ? [key, value.map(stripStep)] : [key, value];
    });
  return Object.fromEntries(members);
}

/**
 * Digest of a scenario's meaning: what it sends, from which starting state, and which places are left out of the
 * comparison. Titles, reasons, notes, tags and levels don't count, nor does the order of members.
 * @param fixtures those the scenario names, in its order.
 * @returns lower-case hex SHA-256.
 */
export function scenarioDigest(scenario: ScenarioFile, fixtures: readonly FixtureFile[]): string {
  const meaning = {
    steps: scenario.steps.map(stripStep),
    fixtures: fixtures.map(({ id: _id, title: _title, ...content }) => content),
    config: scenario.config,
    env: scenario.env,
    connect: scenario.connect,
    let: scenario.let,
    // Not as an object: the order of the axes decides the names of the cases.
    matrix: Object.entries(scenario.matrix ?? {}),
    cases: scenario.cases,
    isolation: scenario.isolation ?? "state",
    exclude: stripExclusions(scenario.exclude),
  };
  return createHash("sha256").update(canonicalJson(meaning)).digest("hex");
}
