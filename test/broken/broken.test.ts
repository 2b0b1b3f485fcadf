import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { DIFFERENCE_KINDS, type DifferenceKind } from "../../src/harness/compare/index.ts";
import { runSuite } from "../../src/harness/judge/run-suite.ts";
import { LEVELS, loadSuite, type Suite } from "../../src/harness/scenario/index.ts";
import type { RecordingFile } from "../../src/harness/learn/index.ts";
import { readAccepted } from "../../src/harness/record/index.ts";
import { brokenTarget } from "../support/reference.ts";
import type { PassingFrame, Tampering } from "../support/tampering-proxy.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const ORACLE = "openclaw@2026.2.17";

interface Broken {
  readonly kind: DifferenceKind;
  /** What the gateway does wrong. */
  readonly fault: string;
  /** The scenario that names the behaviour. */
  readonly scenario: string;
  readonly tampering: Tampering;
}

type Payload = Record<string, unknown>;

/** Changes the payload of successful answers to a method. */
const answers = (method: string, change: (payload: Payload, nth: number) => Payload): Tampering => ({
  frame: (frame, passing) =>
    passing.method === method && frame.ok === true
      ? [{ ...frame, payload: change({ ...frame.payload }, passing.nth) }]
      : [frame],
});

/** Changes the errors of a method. */
const refusals = (
  method: string,
  change: (error: NonNullable<PassingFrame["error"]>) => unknown,
): Tampering => ({
  frame: (frame, passing) =>
    passing.method === method && frame.error !== undefined
      ? [{ ...frame, error: change(frame.error) }]
      : [frame],
});

const without = (payload: Payload, member: string): Payload => {
  const { [member]: _gone, ...rest } = payload;
  return rest;
};

const entryOf = (payload: Payload): Payload => payload["entry"] as Payload;

const GATEWAYS: readonly Broken[] = [
  {
    kind: "missing",
    fault: "leaves `resolved` out of the answer to a patch",
    scenario: "sessions.patch/key-only",
    tampering: answers("sessions.patch", (payload) => without(payload, "resolved")),
  },
  {
    kind: "extra",
    fault: "adds a member of its own",
    scenario: "sessions.patch/key-only",
    tampering: answers("sessions.patch", (payload) => ({ ...payload, session: { key: payload["key"] } })),
  },
  {
    kind: "type",
    fault: "sends times as text",
    scenario: "sessions.patch/key-only",
    tampering: answers("sessions.patch", (payload) => ({
      ...payload,
      entry: { ...entryOf(payload), updatedAt: String(entryOf(payload)["updatedAt"]) },
    })),
  },
  {
    kind: "value",
    fault: "stores every thinking level as off",
    scenario: "sessions.patch/alias-thinking",
    tampering: answers("sessions.patch", (payload) => ({
      ...payload,
      entry: {
        ...entryOf(payload),
        ...("thinkingLevel" in entryOf(payload) ? { thinkingLevel: "none" } : {}),
      },
    })),
  },
  {
    kind: "binding",
    fault: "gives a session another id with every patch",
    scenario: "sessions.patch/key-only",
    tampering: answers("sessions.patch", (payload, nth) => ({
      ...payload,
      entry: { ...entryOf(payload), sessionId: `00000000-0000-4000-8000-00000000000${nth}` },
    })),
  },
  {
    kind: "distinctness",
    fault: "gives every session the same id",
    scenario: "sessions.patch/label-freed-by-null",
    tampering: {
      frame: (frame, { method }) => {
        const text = JSON.stringify(frame);
        const same = '"sessionId":"11111111-1111-4111-8111-111111111111"';
        const changed = text.replaceAll(/"sessionId":"[0-9a-f-]{36}"/g, same);
        return [method?.startsWith("sessions.") ? (JSON.parse(changed) as unknown) : frame];
      },
    },
  },
  {
    kind: "order",
    fault: "has a clock that runs backwards",
    scenario: "sessions.patch/updated-at-moves",
    tampering: answers("sessions.patch", (payload, nth) => ({
      ...payload,
      entry: { ...entryOf(payload), updatedAt: Number(entryOf(payload)["updatedAt"]) - nth * 500 },
    })),
  },
  {
    kind: "count",
    fault: "forgets the oldest session",
    scenario: "sessions.list/defaults",
    tampering: answers("sessions.list", (payload) => ({
      ...payload,
      sessions: (payload["sessions"] as unknown[]).slice(0, -1),
    })),
  },
  {
    kind: "code",
    fault: "calls bad requests unavailable",
    scenario: "sessions.patch/label-unique",
    tampering: refusals("sessions.patch", (error) => ({ ...error, code: "UNAVAILABLE" })),
  },
  {
    kind: "text",
    fault: "words its errors itself",
    scenario: "sessions.patch/label-unique",
    tampering: refusals("sessions.patch", (error) => ({ ...error, message: `Sorry: ${error.message}` })),
  },
  {
    kind: "close",
    fault: "closes a refused handshake as if all were well",
    scenario: "connect/first-request-not-connect",
    tampering: { close: (_code, reason) => ({ code: 1000, reason }) },
  },
  {
    kind: "timeout",
    fault: "never answers sessions.resolve",
    scenario: "sessions.resolve/of-new-session",
    tampering: { frame: (frame, { method }) => (method === "sessions.resolve" ? [] : [frame]) },
  },
  {
    kind: "contract",
    fault: "sends events nobody knows between the answers",
    scenario: "sessions.patch/key-only",
    tampering: {
      frame: (frame, { method }) =>
        method === "sessions.patch"
          ? [{ type: "event", event: "health", payload: { ok: "yes" }, seq: "one" }, frame]
          : [frame],
    },
  },
];

let suite: Suite;
let recordings: ReadonlyMap<string, RecordingFile>;
beforeAll(async () => {
  suite = await loadSuite(ROOT);
  const stored = await readAccepted(ROOT);
  recordings = new Map(stored.map(({ recording }) => [recording.scenario, recording]));
});

/** The strongest level that a difference of this kind leaves standing. */
function levelBelow(kind: DifferenceKind): string {
  const at = LEVELS.indexOf(DIFFERENCE_KINDS[kind]);
  return LEVELS[at - 1] ?? "none";
}

describe("a gateway that is wrong in one way is caught", () => {
  it("for every kind of difference", () => {
    expect(new Set(GATEWAYS.map(({ kind }) => kind))).toEqual(new Set(Object.keys(DIFFERENCE_KINDS)));
  });

  it.each(GATEWAYS)("$kind: it $fault", async ({ kind, scenario, tampering }) => {
    const outcome = await runSuite({
      tool: "lockstep test",
      suite,
      oracle: ORACLE,
      recordings,
      target: brokenTarget(tampering),
      selection: { patterns: [scenario] },
      concurrency: 2,
      timeoutMs: 500,
    });
    const failed = outcome.cases.filter(({ status }) => status === "fail");
    const caught = failed.filter(({ differences }) => differences.some((one) => one.kind === kind));
    expect(caught.map(({ id }) => id)).not.toEqual([]);
    expect(caught.map(({ reached }) => reached)).toContain(levelBelow(kind));
    expect(outcome.exitCode).toBe(1);
  });
});
