import { describe, expect, it } from "vitest";
import {
  DIGEST,
  set,
  type File,
  json,
  daysAgo,
  plain,
  sorted,
  run,
  green,
  methods,
  ratio,
  extras,
  evidence,
  ask,
  types,
  failing,
  lenient,
  departing,
  allowing,
  waived,
  flaky,
  dead,
  faulty,
  skipped,
  finding,
  without,
  other,
  unnamed,
} from "../../../test/support/gate-evidence.ts";
import { caseResult, textDifference } from "../../../test/support/outcomes.ts";
import { renderCertificate } from "./certificate.ts";
import type { GateInput } from "./decide.ts";
import { decisionFile } from "./decision.ts";
import type { GatePolicyFile } from "./policy.ts";
import { REASONS, type ReasonType } from "./reasons.ts";

interface Row {
  readonly files: readonly File[];
  readonly policy?: GatePolicyFile;
  readonly more?: Partial<GateInput>;
}

/** What follows from a run that does not count or is not green. */
const CONSEQUENCES = new Set<ReasonType>([
  "TooFewGreenRuns",
  "GreenRunsTooClose",
  "EvidenceMissing",
  "PartialRun",
]);

/** One way at least to come to each reason. */
const TABLE: readonly (readonly [ReasonType, string, Row])[] = [
  [
    "RequiredScenarioFailed",
    "the newest run fails",
    { files: [...without(0, run(0.5, [plain, failing])), ...evidence()] },
  ],
  [
    "RequiredScenarioFailed",
    "a run that was cut short fails",
    { files: [...green, run(0.1, [plain, failing], { isPartial: true }), ...evidence()] },
  ],
  [
    "DepartureNotAllowed",
    "an oracle-bug that came after the set",
    { files: [...without(0, run(0.5, [plain, departing("semantic")])), ...evidence()] },
  ],
  [
    "DepartureNotAllowed",
    "at another step than the set lists",
    {
      files: [...without(0, run(0.5, [plain, departing("shape")])), ...evidence()],
      more: allowing([1, 3]),
    },
  ],
  [
    "DepartureNotAllowed",
    "beside what is waived",
    {
      files: [
        ...without(
          0,
          run(0.5, [
            plain,
            departing("semantic", { ...waived, departures: departing("semantic").departures }),
          ]),
        ),
        ...evidence(),
      ],
      policy: { allowWaived: 1 },
    },
  ],
  [
    "DepartureNotAllowed",
    "a run that asked for more than the set, and failed there",
    {
      files: [
        ...without(
          0,
          run(0.5, [
            plain,
            departing("semantic", {
              required: "exact",
              status: "fail",
              reached: "semantic",
              differences: [textDifference],
            }),
          ]),
        ),
        ...evidence(),
      ],
    },
  ],
  [
    "FlakyRequired",
    "an earlier run of the same build departs where the set does not allow it",
    {
      files: [...without(3, run(6.5, [plain, departing("semantic")])), ...evidence()],
      policy: { overDays: 0 },
    },
  ],
  [
    "RequiredLevelNotReached",
    "it was asked for less",
    { files: [...without(0, run(0.5, [plain, lenient])), ...evidence()] },
  ],
  [
    "RequiredLevelNotReached",
    "the policy asks for more",
    {
      files: [
        ...green.map((_, i) => run(0.5 + i * 2, [plain, caseResult({ ...sorted, reached: "semantic" })])),
        ...evidence(),
      ],
      policy: { minimumLevel: "exact" },
    },
  ],
  [
    "FlakyRequired",
    "attempts of one run differ",
    { files: [...without(0, run(0.5, [plain, flaky])), ...evidence()] },
  ],
  [
    "FlakyRequired",
    "an earlier run of the same build fails",
    { files: [...without(3, run(6.5, [plain, failing])), ...evidence()], policy: { overDays: 0 } },
  ],
  [
    "WaiverOnRequired",
    "one is waived, none is allowed",
    { files: [...without(0, run(0.5, [plain, waived])), ...evidence()] },
  ],
  [
    "WaiverExpired",
    "an expired waiver",
    { files: [...without(0, run(0.5, [plain, sorted], {}, [finding({ state: "expired" })])), ...evidence()] },
  ],
  [
    "WaiverExpired",
    "a waiver that has expired since the run",
    {
      files: [
        ...without(0, run(0.5, [plain, waived], {}, [finding({ expires: "2026-03-30" })])),
        ...evidence(),
      ],
      policy: { allowWaived: 1 },
    },
  ],
  [
    "RequiredScenarioNeverRan",
    "it is not in the run",
    { files: [...without(0, run(0.5, [plain])), ...evidence()] },
  ],
  [
    "RequiredScenarioNeverRan",
    "it did not run to its end",
    { files: [...without(0, run(0.5, [plain, dead])), ...evidence()] },
  ],
  [
    "RequiredScenarioNeverRan",
    "it did not apply",
    { files: [...without(0, run(0.5, [plain, skipped])), ...evidence()] },
  ],
  [
    "RequiredScenarioNeverRan",
    "the set is empty",
    { files: [...green, ...evidence()], more: { set: { ...set, scenarios: {} } } },
  ],
  [
    "HarnessFault",
    "lockstep went wrong",
    { files: [...without(0, run(0.5, [plain, faulty])), ...evidence()] },
  ],
  ["EvidenceMissing", "nothing at all", { files: [] }],
  ["EvidenceMissing", "no benchmark", { files: [...green, ...evidence({ bench: undefined })] }],
  [
    "EvidenceMissing",
    "a benchmark beside no oracle",
    {
      files: [...green, ...evidence({ bench: { ...extras.bench, ratios: [{ ...ratio, against: "echo" }] } })],
    },
  ],
  [
    "EvidenceMissing",
    "a mutation report of a part of the set",
    {
      files: [
        ...green,
        ...evidence({ mutation: { ...extras.mutation, scenarios: { "health/plain": DIGEST } } }),
      ],
    },
  ],
  [
    "EvidenceMissing",
    "a mutation report of an older scenario",
    {
      files: [
        ...green,
        ...evidence({
          mutation: {
            ...extras.mutation,
            scenarios: { "health/plain": DIGEST, "sessions.list/sorted": "cd34".repeat(16) },
          },
        }),
      ],
    },
  ],
  ["EvidenceTooOld", "runs", { files: [...green, ...evidence()], policy: { maxEvidenceAgeDays: 0.4 } }],
  [
    "EvidenceTooOld",
    "the mutation score",
    { files: [...green, ...evidence({ mutation: { ...extras.mutation, at: daysAgo(41) } })] },
  ],
  ["EvidenceFromTheFuture", "a run of tomorrow", { files: [...without(0, run(-1)), ...evidence()] }],
  [
    "EvidenceFromTheFuture",
    "a soak of tomorrow",
    { files: [...green, ...evidence({ soak: { ...extras.soak, date: daysAgo(-1) } })] },
  ],
  [
    "EvidenceUnreadable",
    "a cut file",
    { files: [...green, { file: "x.json", text: run(0.2).text.slice(0, 90) }, ...evidence()] },
  ],
  [
    "EvidenceUnreadable",
    "an edited outcome",
    {
      files: [
        ...green,
        { file: "x.json", text: run(0.2, [plain, failing]).text.replace('"fail": 1', '"fail": 0') },
        ...evidence(),
      ],
    },
  ],
  [
    "EvidenceUnreadable",
    "a later format",
    { files: [...green, json("x.json", { format: "lockstep-outcome/2" }), ...evidence()] },
  ],
  [
    "EvidenceUnreadable",
    "a report without what counts",
    { files: [...green, json("x.json", { format: "lockstep-soak/1" }), ...evidence()] },
  ],
  ["TooFewGreenRuns", "nine", { files: [...green.slice(1), ...evidence()] }],
  [
    "TooFewGreenRuns",
    "one run, ten times in the folder",
    { files: [...Array.from({ length: 10 }, () => run(0.5)), ...evidence()], policy: { overDays: 0 } },
  ],
  [
    "GreenRunsTooClose",
    "ten in a day",
    { files: [...green.map((_, i) => run(0.1 + i / 20)), ...evidence()] },
  ],
  [
    "PartialRun",
    "one of ten was interrupted",
    { files: [...without(0, run(0.5, [plain, sorted], { isPartial: true })), ...evidence()] },
  ],
  [
    "PartialRun",
    "one of ten is a shard",
    { files: [...without(0, run(0.5, [plain, sorted], { shard: { index: 1, count: 2 } })), ...evidence()] },
  ],
  [
    "OracleVersionMismatch",
    "another version",
    { files: [...without(0, run(0.5, [plain, sorted], { oracle: "openclaw@2026.2.18" })), ...evidence()] },
  ],
  [
    "OracleVersionMismatch",
    "another version in production",
    { files: [...green, ...evidence()], policy: { oracle: "openclaw@2026.3.1" } },
  ],
  [
    "SuiteMismatch",
    "another version of a scenario",
    {
      files: [
        ...without(0, run(0.5, [plain, sorted], other({ scenarios: { "health/plain": "cd".repeat(32) } }))),
        ...evidence(),
      ],
    },
  ],
  [
    "CandidateUnnamed",
    "no build anywhere",
    { files: [run(0.5, [plain, sorted], unnamed())], more: { candidate: undefined } },
  ],
  [
    "CandidateDiffersFromReport",
    "a run of another build",
    { files: [...without(0, run(0.5, [plain, sorted], other({ candidate: "later" }))), ...evidence()] },
  ],
  [
    "CandidateDiffersFromReport",
    "a roll-back of another build",
    { files: [...green, ...evidence({ rollback: { ...extras.rollback, candidate: "earlier" } })] },
  ],
  [
    "TargetAmbiguous",
    "reports of two targets",
    {
      files: [
        ...green,
        run(0.2, [plain, failing], { target: { name: "reference", kind: "reference" } }),
        ...evidence(),
      ],
    },
  ],
  [
    "SoakTooShort",
    "59 minutes",
    { files: [...green, ...evidence({ soak: { ...extras.soak, durationMs: 59 * 60_000 } })] },
  ],
  ["SoakFailed", "a leak", { files: [...green, ...evidence({ soak: { ...extras.soak, ok: false } })] }],
  [
    "PerformanceRegressed",
    "slower",
    { files: [...green, ...evidence({ bench: { ...extras.bench, ratios: [{ ...ratio, median: 1.11 }] } })] },
  ],
  [
    "PerformanceRegressed",
    "less throughput",
    {
      files: [
        ...green,
        ...evidence({ bench: { ...extras.bench, ratios: [{ ...ratio, better: "higher", median: 0.89 }] } }),
      ],
    },
  ],
  [
    "MutationScoreTooLow",
    "96.9 %",
    { files: [...green, ...evidence({ mutation: { ...extras.mutation, total: { score: 0.969 } } })] },
  ],
  [
    "LiveVolumeTooLow",
    "too few calls",
    {
      files: [
        ...green,
        ...evidence({
          compare: {
            ...extras.compare,
            methods: [...methods.slice(1), { method: "health", calls: 212, differences: 0 }],
          },
        }),
      ],
    },
  ],
  [
    "LiveVolumeTooLow",
    "a method that was never compared",
    { files: [...green, ...evidence({ compare: { ...extras.compare, methods: methods.slice(1) } })] },
  ],
  [
    "LiveDifference",
    "a field beyond the noise",
    {
      files: [
        ...green,
        ...evidence({
          compare: {
            ...extras.compare,
            methods: [...methods.slice(1), { method: "health", calls: 2_000, differences: 1 }],
          },
        }),
      ],
    },
  ],
  [
    "RollbackFailed",
    "a difference",
    { files: [...green, ...evidence({ rollback: { ...extras.rollback, differences: [{}] } })] },
  ],
];

describe("every reason", () => {
  it.each(TABLE)("%s: %s", (type, _name, { files, policy, more }) => {
    const decision = ask(files, policy, more);
    expect(types(decision)).toContain(type);
    expect(types(decision).filter((one) => one !== type && !CONSEQUENCES.has(one))).toEqual([]);
    const severities = decision.reasons.map(({ severity }) => severity);
    expect(decision.reasons.find((one) => one.type === type)?.severity).toBe(REASONS[type][0]);
    const answer = severities.includes("no") ? "no" : "unknown";
    expect(decision).toMatchObject({ answer, exitCode: answer === "no" ? 1 : 3 });
    expect(decisionFile.parse(JSON.parse(JSON.stringify(decision)))).toEqual(decision);
    expect(renderCertificate(decision)).toContain(`### ${type} (${REASONS[type][0]})`);
  });

  it("has a row for every reason", () => {
    expect([...new Set(TABLE.map(([type]) => type))].toSorted()).toEqual(Object.keys(REASONS).toSorted());
  });
});
