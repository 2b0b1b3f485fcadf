import { describe, expect, it } from "vitest";
import { DEFAULT_POLICY, policyDeviations, readPolicy } from "./policy.ts";

const effects = (text: string) =>
  policyDeviations(readPolicy(text, "p.yaml")).map(({ name, effect }) => `${name} ${effect}`);

describe("readPolicy", () => {
  it("fills in what a file leaves out", () => {
    expect(readPolicy("# nothing\n", "p.yaml")).toEqual(DEFAULT_POLICY);
    expect(readPolicy("greenRuns: 3\nsoak: { minimumMinutes: 5 }\n", "p.yaml")).toEqual({
      ...DEFAULT_POLICY,
      greenRuns: 3,
      soak: { required: true, minimumMinutes: 5 },
    });
  });

  it.each([
    ["a name that is none", "greenRun: 3\n", /^p\.yaml:1:1: .*greenRun/],
    ["a value that is none", "mutation:\n  minimumScore: 97\n", /^p\.yaml:2:17: \/mutation\/minimumScore/],
    ["no YAML", "a: [", /^p\.yaml:1:/],
  ])("refuses %s, and says where", (_name, text, message) => {
    expect(() => readPolicy(text, "p.yaml")).toThrow(
      expect.objectContaining({ code: "POLICY_INVALID", message: expect.stringMatching(message) as string }),
    );
  });
});

describe("policyDeviations", () => {
  it.each([
    ["the defaults, said again", "greenRuns: 10\nallowWaived: 0\n", []],
    ["fewer runs", "greenRuns: 9\n", ["greenRuns weaker"]],
    ["more runs", "greenRuns: 11\n", ["greenRuns stricter"]],
    ["fewer days", "overDays: 0\n", ["overDays weaker"]],
    ["waivers", "allowWaived: 1\n", ["allowWaived weaker"]],
    ["older evidence", "maxEvidenceAgeDays: 31\n", ["maxEvidenceAgeDays weaker"]],
    ["a level of its own", "minimumLevel: exact\n", ["minimumLevel stricter"]],
    ["a lower score", "mutation: { minimumScore: 0.9 }\n", ["mutation.minimumScore weaker"]],
    ["no soak", "soak: { required: false }\n", ["soak.required weaker"]],
    [
      "a smaller regression",
      "performance: { regressionLimit: 0 }\n",
      ["performance.regressionLimit stricter"],
    ],
    ["fewer methods", "liveCompare: { methods: [health] }\n", ["liveCompare.methods weaker"]],
    ["a build", "candidate: abc\n", ["candidate neutral"]],
    ["another oracle", "oracle: openclaw@2026.3.1\n", ["oracle neutral"]],
  ])("%s", (_name, text, expected) => {
    expect(effects(text)).toEqual(expected);
  });
});
