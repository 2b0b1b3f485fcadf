import type { Difference } from "../../src/harness/compare/difference.ts";
import type { CaseResult, CaseStatus, Outcome } from "../../src/harness/outcome.ts";
import {
  caseResult,
  departing,
  dialect,
  failing,
  faulty,
  flaky,
  incomplete,
  notApplicable,
  outcomeOf,
  staleWaiver,
  usedWaiver,
  waived,
} from "./outcomes.ts";

const METHODS = [
  "agents.list",
  "chat.history",
  "chat.send",
  "connect",
  "health",
  "sessions.list",
  "sessions.patch",
  "sessions.usage",
];

/** As many cases as asked for, over a few methods; `statusOf` says how each ended. */
export function manyCases(
  count: number,
  statusOf: (index: number) => CaseStatus = () => "pass",
): CaseResult[] {
  return Array.from({ length: count }, (_, index) => {
    const method = METHODS[index % METHODS.length] ?? "health";
    const scenario = `${method}/behaviour-${Math.floor(index / 40)}`;
    return caseResult({
      id: `${scenario}[input=${index}]`,
      title: `${method} answers as the oracle does, whatever the input is`,
      covers: [method],
      status: statusOf(index),
      ...(statusOf(index) === "incomplete"
        ? { reached: "none", reason: "the target was never reached" }
        : {}),
      durationMs: 5 + (index % 90),
    });
  });
}

/** Everything a reader must never take for markup, for the end of a script, or for the page's own text. */
export const HOSTILE =
  "</script><script>alert(1)</script><!-- \u2028\u2029\u0000\u001b[31m \u202Eevil <b>&amp;\"'";

const SESSION = "6f0c2c1e-0000-4000-8000-000000000001";
const OTHER = "b7710f09-0000-4000-8000-000000000002";
const row = (key: string, label: string) => ({
  key,
  kind: "direct",
  label,
  updatedAt: 1_771_315_200_000,
  totalTokens: 1_204,
});

const patched: readonly Difference[] = [
  {
    kind: "binding",
    level: "semantic",
    step: 1,
    pointer: "/received/0/payload/entry/sessionId",
    expected: SESSION,
    actual: OTHER,
    message: "Expected the session's id that was bound before, got another one.",
    boundAt: "/0/received/0/payload/entry/sessionId",
  },
  {
    kind: "missing",
    level: "shape",
    step: 1,
    pointer: "/received/0/payload/entry/updatedAt",
    expected: 1_771_315_200_000,
    message: "This member is missing.",
  },
  {
    kind: "extra",
    level: "shape",
    step: 1,
    pointer: "/received/0/payload/rev",
    actual: 7,
    message: "The oracle has no such member.",
  },
  {
    kind: "text",
    level: "exact",
    step: 2,
    pointer: "/received/0/error/message",
    expected: "label already in use: ops <run>",
    actual: "label is already taken: ops 3f2a",
    message: "Another text.",
  },
];

/** A case whose frames can be laid side by side. */
export const patchedCase = caseResult({
  id: "sessions.patch/keeps-session-id",
  title: "A patch keeps the session's id and says when it was made",
  status: "fail",
  reached: "none",
  differences: patched,
  repeat: "npx lockstep run 'cmd:./my-port --port {port} --name \"a b\"' sessions.patch/keeps-session-id",
  frames: {
    1: {
      sent: { type: "req", id: "2", method: "sessions.patch", params: { key: "agent:main:x", label: "ops" } },
      received: [
        {
          type: "res",
          id: "2",
          ok: true,
          payload: {
            ok: true,
            path: "~/.openclaw/agents/main/sessions/sessions.json",
            key: "agent:main:x",
            entry: {
              sessionId: OTHER,
              label: "ops",
              model: "echo",
              modelProvider: "stub",
              sendPolicy: "allow",
            },
            related: Array.from({ length: 4 }, (_, n) => row(`agent:main:${n}`, `ops ${n}`)),
            rev: 7,
          },
        },
        { type: "event", event: "presence", payload: { sessionId: OTHER }, seq: 4 },
      ],
    },
    2: {
      sent: { type: "req", id: "3", method: "sessions.patch", params: { key: "agent:main:y", label: "ops" } },
      received: [
        {
          type: "res",
          id: "3",
          ok: false,
          error: { code: "INVALID_REQUEST", message: "label is already taken: ops 3f2a" },
        },
      ],
    },
  },
});

const hostile = caseResult({
  ...failing,
  id: `frames/hostile[text=${HOSTILE.slice(0, 20)}]`,
  scenario: "frames/hostile",
  case: `text=${HOSTILE.slice(0, 20)}`,
  title: HOSTILE,
  covers: ["frames"],
  reason: HOSTILE,
  logTail: [HOSTILE],
});

/** Runs as readers meet them. */
export const SAMPLES: Readonly<Record<"passing" | "failing" | "large", () => Outcome>> = {
  passing: () => outcomeOf([...manyCases(320), departing, notApplicable]),
  failing: () =>
    outcomeOf(
      [
        ...manyCases(400, (index) => (index % 57 === 3 ? "incomplete" : "pass")),
        patchedCase,
        failing,
        flaky,
        departing,
        waived,
        notApplicable,
        incomplete,
        faulty,
        hostile,
      ],
      [dialect],
      [usedWaiver, staleWaiver],
    ),
  large: () => outcomeOf(manyCases(10_000)),
};
