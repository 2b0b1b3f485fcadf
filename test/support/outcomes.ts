import type { Difference } from "../../src/harness/compare/difference.ts";
import { concludeOutcome } from "../../src/harness/judge/outcome.ts";
import type { CaseResult, Diagnosis, Outcome, WaiverFinding } from "../../src/harness/outcome.ts";

const TARGET = 'cmd:./my-port --port {port} --name "a b"';

/** A case result with everything filled in; tests say only what they are about. */
export function caseResult(members: Partial<CaseResult> & { readonly id: string }): CaseResult {
  const scenario = members.id.replace(/\[.*$/, "");
  return {
    scenario,
    case: members.id.slice(scenario.length).replace(/^\[(.*)\]$/, "$1"),
    title: "A label that another session of the agent holds is refused",
    covers: ["sessions.patch"],
    required: "exact",
    reached: "exact",
    status: "pass",
    differences: [],
    departures: [],
    waived: [],
    durationMs: 12,
    repeat: `npx lockstep run '${TARGET}' '${members.id}'`,
    frames: {},
    ...members,
  };
}

export const textDifference: Difference = {
  kind: "text",
  level: "exact",
  step: 1,
  pointer: "/received/0/error/message",
  expected: "label already in use: ops <run>",
  actual: 'Label "ops" & <others> in use',
  message: "the text differs",
};

export const bindingDifference: Difference = {
  kind: "binding",
  level: "semantic",
  step: 2,
  pointer: "/received/0/payload/sessionId",
  expected: "6f0c2c1e-0000-4000-8000-000000000001",
  actual: "b7710f09-0000-4000-8000-000000000002",
  message: "must be the value bound before",
  boundAt: "/0/0/payload/entry/sessionId",
};

export const failing = caseResult({
  id: "sessions.patch/label-unique[trimmed]",
  reached: "shape",
  status: "fail",
  differences: [textDifference, bindingDifference],
  frames: {
    1: {
      sent: { type: "req", id: "2", method: "sessions.patch", params: { key: "agent:main:x", label: null } },
      received: [
        { type: "res", id: "2", ok: false, error: { code: "INVALID_REQUEST", message: "Label in use" } },
      ],
    },
  },
});

export const departing = caseResult({
  id: "connect/constructor-named-method",
  covers: ["connect"],
  status: "departure",
  departures: [{ difference: { ...textDifference, step: 0 }, why: "the oracle's bug: never answers" }],
});

export const waived = caseResult({
  id: "sessions.list/sorted-by-activity",
  covers: ["sessions.list"],
  reached: "shape",
  status: "waived",
  waived: [{ difference: { ...bindingDifference, kind: "order" }, waiver: "sorts-by-creation" }],
});

/** Ran three times and did not end in the same way each time. */
export const flaky = caseResult({
  ...failing,
  id: "chat.send/deltas-in-order",
  scenario: "chat.send/deltas-in-order",
  case: "",
  covers: ["chat.send"],
  differences: [{ ...bindingDifference, kind: "order", step: 0 }],
  frames: {},
  attempts: ["pass", "fail", "pass"],
  reason: "fail in 1 of 3 runs",
  repeat: `npx lockstep run '${TARGET}' chat.send/deltas-in-order`,
});

export const usedWaiver: WaiverFinding = {
  id: "sorts-by-creation",
  scenario: waived.scenario,
  state: "used",
  message: "excuses 1 difference of 1 case; expires on 2026-03-30, in 40 days",
  reason: "sorted by creation until the index exists",
  owner: "storage",
  issue: "https://issues.example/41",
  expires: "2026-03-30",
};

export const staleWaiver: WaiverFinding = {
  id: "label-text",
  scenario: "sessions.patch/label-unique",
  state: "stale",
  message: "nothing it excuses differs any more: take it out (lockstep waivers prune)",
};

export const notApplicable = caseResult({
  id: "sessions.list/many",
  reached: "none",
  status: "not-applicable",
  reason: "fixtures need a target that lockstep launches",
});

export const incomplete = caseResult({
  id: "health/after-crash",
  covers: ["health"],
  reached: "none",
  status: "incomplete",
  reason: "the target ended with signal SIGKILL",
  logTail: ["thread 'main' panicked at src/lib.rs:1 \u001b[31m"],
});

export const faulty = caseResult({
  id: "health/broken",
  covers: ["health"],
  reached: "none",
  status: "fault",
  reason: "no step of that kind",
});

export const dialect: Diagnosis = {
  title: 'your responses have type "resp"; the protocol\'s is "res"',
  detail: '{"type":"resp"}',
  explains: 1,
};

/** An outcome of these cases, always of the same time and target. */
export function outcomeOf(
  cases: readonly CaseResult[],
  diagnoses: readonly Diagnosis[] = [],
  waivers: readonly WaiverFinding[] = [],
): Outcome {
  return concludeOutcome(
    {
      tool: "lockstep 0.1.0",
      oracle: "openclaw@2026.2.17",
      target: { name: TARGET, kind: "cmd", server: "my-port 3" },
      startedAt: "2026-02-18T08:00:00.000Z",
      durationMs: 4_200,
      level: "exact",
      evidence: {
        suite: "5f0c".repeat(16),
        scenarios: Object.fromEntries(cases.map(({ scenario }) => [scenario, "ab12".repeat(16)])),
        candidate: "3d1f00c",
        node: "v22.12.0",
        platform: "linux x64",
      },
      isPartial: false,
    },
    cases,
    diagnoses,
    waivers,
  );
}
