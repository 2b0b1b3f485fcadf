import { describe, expect, test } from "vitest";
import { answering, echo, run } from "../../../test/support/run-scenario.ts";
import type { StepCapture } from "./capture.ts";
import { settles, type ExpectedStep } from "./expectation.ts";

const step = (more: Partial<ExpectedStep> = {}): ExpectedStep => ({
  frames: [],
  timedOut: false,
  closes: false,
  parts: [],
  ...more,
});
const seen = (more: Partial<StepCapture> = {}): StepCapture => ({ kind: "call", received: [], ...more });

describe("a case is settled", () => {
  const close = { code: 1008, reason: "" };
  test.each([
    ["by a deadline that did not pass there", step(), seen({ timedOut: true }), true],
    ["not by one that did", step({ timedOut: true }), seen({ timedOut: true }), false],
    ["by a close that did not come there", step(), seen({ close }), true],
    ["not by one that did", step({ closes: true }), seen({ close }), false],
    ["by another ok", step({ frames: [{ ok: true }] }), seen({ received: [{ ok: false }] }), true],
    ["not by the same", step({ frames: [{ ok: true }] }), seen({ received: [{ ok: true }] }), false],
    ["not by an ok nobody compares", step({ frames: [{}] }), seen({ received: [{ ok: false }] }), false],
    ["not by a frame without", step({ frames: [{ ok: true }] }), seen({ received: ["text"] }), false],
    [
      "by a request of a together step",
      step({ parts: [step(), step({ frames: [{ ok: true }] })] }),
      seen({ parts: [seen(), seen({ received: [{ ok: false }] })] }),
      true,
    ],
    [
      "by the deadline of a request, though that of another passed there too",
      step({ parts: [step({ timedOut: true }), step()] }),
      seen({ parts: [seen({ timedOut: true }), seen({ timedOut: true })] }),
      true,
    ],
    ["not where nobody knows", undefined, seen({ timedOut: true }), false],
  ])("%s", (_title, expected, capture, result) => {
    expect(settles(expected, capture)).toBe(result);
  });
});

describe("in a settled case", () => {
  const refusing = answering(() => ({ ok: false, error: { code: "UNAVAILABLE", message: "no" } }));
  const accepted = step({ frames: [{ ok: true }, { ok: true }] });
  const silent = 60_000;

  test("a step does not wait long for the frames behind an answer that says otherwise", async () => {
    const raw = { type: "req", id: "1", method: "agent" };
    const { steps } = await run({ steps: [{ raw, frames: 2, within: silent }] }, refusing, {
      expected: () => accepted,
    });
    expect(steps).toMatchObject([{ received: [{ ok: false }], timedOut: true, cutTo: 250 }]);
  });

  test("later events and closes are not waited for long, and the steps say so", async () => {
    const { steps } = await run(
      {
        steps: [{ call: "health" }, { event: "chat", within: silent }, { closed: {}, within: silent }],
      },
      refusing,
      { expected: (_planned, index) => (index === 0 ? accepted : step()) },
    );
    expect(steps[0]).not.toHaveProperty("cutTo");
    expect(steps.slice(1)).toMatchObject([
      { timedOut: true, cutTo: 250 },
      { timedOut: true, cutTo: 250 },
    ]);
  });

  test("later answers are given a second", async () => {
    const mute = answering(() => undefined);
    const { steps } = await run({ steps: [{ call: "health", within: 20 }, { call: "health" }] }, mute, {
      timeoutMs: silent,
      expected: () => step({ frames: [{ ok: true }] }),
    });
    expect(steps[0]).not.toHaveProperty("cutTo");
    expect(steps[1]).toMatchObject({ timedOut: true, cutTo: 1_000 });
  });

  test("the handshake of the first connection is not taken for the answer of the step", async () => {
    const { steps } = await run(
      { steps: [{ call: "health" }, { event: "late", within: 60_000 }] },
      answering(() => ({ ok: false }), {
        onConnection: (peer) => void setTimeout(() => peer.say({ type: "event", event: "late" }), 330),
      }),
      { expected: () => step({ frames: [{ ok: false }] }) },
    );
    expect(steps[1]).toMatchObject({ received: [{ event: "late" }] });
  });
});

test("a case that goes as expected waits as long as it says", async () => {
  const { steps } = await run({ steps: [{ call: "health" }, { event: "chat", within: 300 }] }, echo, {
    expected: (_planned, index) => (index === 0 ? step({ frames: [{ ok: true }] }) : step()),
  });
  expect(steps[1]).toMatchObject({ timedOut: true });
  expect(steps[1]).not.toHaveProperty("cutTo");
});
