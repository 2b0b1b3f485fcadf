import { describe, expect, it } from "vitest";
import type { ScenarioFile, Suite } from "../scenario/index.ts";
import {
  caseCounts,
  checkRequirements,
  freezeRequirements,
  readRequirements,
  renderRequirements,
  requiredLevels,
} from "./index.ts";

const scenario = (id: string, more: Partial<ScenarioFile> = {}): ScenarioFile => ({
  id,
  title: "Health answers whoever asks",
  why: "Nothing else can be trusted",
  covers: ["health"],
  steps: [{ call: "health" }],
  ...more,
});
const suiteOf = (...files: ScenarioFile[]): Suite => ({
  root: "/nowhere",
  scenarios: new Map(files.map((data) => [data.id, { file: `${data.id}.yaml`, data }])),
  fixtures: new Map(),
});

const header = { set: "2026.2.17", oracle: "openclaw@2026.2.17", frozen: "2026-03-01" };
const bug = { what: "it never answers", why: "clients hang then", instead: "refuse it by its name" };
const plain = scenario("health/plain");
const shape = scenario("health/shape", { level: "shape", steps: [{ call: "status" }] });
const own = scenario("sessions.send/plain", { covers: ["sessions.send"] });
const unrecorded = scenario("health/new");
const suite = suiteOf(plain, shape, own, unrecorded);
const recorded = new Set(["health/plain", "health/shape", "sessions.send/plain"]);
const frozen = freezeRequirements(suite, recorded, header);

describe("a requirement set", () => {
  it("holds what is recorded of the oracle, at each scenario's level", () => {
    const levels = Object.entries(frozen.scenarios).map(([id, { level }]) => [id, level]);
    expect(levels).toEqual([
      ["health/plain", "exact"],
      ["health/shape", "shape"],
    ]);
  });

  it("is read back as it was written, digests that look like numbers included", () => {
    expect(readRequirements(renderRequirements(frozen), "set.yaml")).toEqual(frozen);
    const digest = `${"1".repeat(30)}e${"1".repeat(33)}`;
    const odd = { ...frozen, set: "2026.10", scenarios: { "a/b": { level: "exact" as const, digest } } };
    expect(readRequirements(renderRequirements(odd), "set.yaml")).toEqual(odd);
  });

  it("is refused with the place when it is none", () => {
    expect(() => readRequirements("set: x\nscenarios: { a: 1 }\n", "set.yaml")).toThrow(
      expect.objectContaining({
        code: "REQUIREMENTS_INVALID",
        message: expect.stringMatching(/^set\.yaml:\d+:/) as string,
      }),
    );
  });

  it("is unmoved by new scenarios, other words and other levels", () => {
    const words = suiteOf({ ...plain, title: "Another title here", level: "semantic" }, shape, unrecorded);
    expect(checkRequirements(frozen, words)).toEqual({ vanished: [], changed: [], weakened: [] });
    expect([...requiredLevels(frozen, words)]).toEqual([
      ["health/plain", "exact"],
      ["health/shape", "shape"],
    ]);
  });

  it("sees what changed, and what is gone", () => {
    const other = suiteOf({ ...plain, steps: [{ call: "health" }, { call: "health" }] });
    expect(checkRequirements(frozen, other)).toEqual({
      vanished: ["health/shape"],
      changed: ["health/plain"],
      weakened: [],
    });
    expect(() => requiredLevels(frozen, other)).toThrow(/there is no scenario health\/shape/);
  });

  it("knows how many cases a scenario has, while it is what was frozen", () => {
    const matrix = scenario("health/many", { matrix: { n: [1, 2, 3] } });
    const set = freezeRequirements(suiteOf(plain, matrix), new Set(["health/plain", "health/many"]), header);
    const moved = scenario("health/more", { ...matrix, id: "health/more", aliases: ["health/many"] });
    expect([...caseCounts(set, suiteOf(plain, moved))]).toEqual([
      ["health/plain", 1],
      ["health/more", 3],
    ]);
    const grown = scenario("health/many", { matrix: { n: [1, 2, 3, 4] } });
    expect([...caseCounts(set, suiteOf(plain, grown))]).toEqual([["health/plain", 1]]);
  });

  it("lists the steps in which either answer passes, and no more of them go unseen", () => {
    const marked = { call: "health", "oracle-bug": bug };
    const free = { call: "health" };
    const some = scenario("health/some", { steps: [marked, free, marked] });
    const all = scenario("health/all", { "oracle-bug": bug });
    const set = freezeRequirements(suiteOf(plain, some, all), new Set([plain.id, some.id, all.id]), header);
    const listed = Object.entries(set.scenarios).map(([id, { departures }]) => [id, departures]);
    expect(listed).toEqual([
      ["health/plain", undefined],
      ["health/some", [1, 3]],
      ["health/all", "all"],
    ]);
    expect(readRequirements(renderRequirements(set), "set.yaml")).toEqual(set);

    const weakenedBy = (...scenarios: ScenarioFile[]) => {
      const { changed, weakened } = checkRequirements(set, suiteOf(...scenarios));
      expect(changed).toEqual([]);
      return weakened;
    };
    const noted = { ...marked, "oracle-bug": { ...bug, see: "the report" } };
    expect(weakenedBy(plain, { ...some, steps: [noted, free, free] }, all)).toEqual([]);
    expect(weakenedBy(plain, some, scenario("health/all", { steps: [marked] }))).toEqual([]);
    expect(
      weakenedBy({ ...plain, steps: [marked] }, { ...some, steps: [marked, marked, marked] }, all),
    ).toEqual(["health/plain", "health/some"]);
    expect(weakenedBy(plain, { ...some, "oracle-bug": bug }, all)).toEqual(["health/some"]);
    const renamed = scenario("health/new-id", { aliases: ["health/plain"], steps: [marked] });
    expect(weakenedBy(renamed, some, all)).toEqual(["health/plain"]);
  });

  it("follows a rename by its alias", () => {
    const renamed = suiteOf(plain, { ...shape, id: "health/form", aliases: ["health/shape"] });
    expect(checkRequirements(frozen, renamed)).toEqual({ vanished: [], changed: [], weakened: [] });
    expect(requiredLevels(frozen, renamed).get("health/form")).toBe("shape");
  });
});
