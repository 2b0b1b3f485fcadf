import { describe, expect, it } from "vitest";
import type { Capture } from "../run/capture.ts";
import { capturedFrames, frameOf, replaceFrame } from "./captured-frames.ts";

const answer = (id: string) => ({ type: "res", id, ok: true, payload: { id } });
const tick = { type: "event", event: "tick", payload: { ts: 1 } };

const CAPTURE = {
  steps: [
    { kind: "connect", received: [answer("0")] },
    { kind: "call", method: "health", received: [answer("1")] },
    { kind: "event", received: [tick] },
    {
      kind: "together",
      received: [],
      parts: [
        { kind: "call", method: "status", received: [answer("2")] },
        { kind: "call", method: "no.such", received: [answer("3")] },
      ],
    },
    { kind: "frame", received: [answer("4")] },
  ],
  breaches: [],
} as unknown as Capture;

describe("capturedFrames", () => {
  it("names what each frame is about, those of requests sent together too", () => {
    expect(capturedFrames(CAPTURE).map(({ about, spot }) => [about, spot])).toEqual([
      ["connect", { step: 0, index: 0 }],
      ["health", { step: 1, index: 0 }],
      ["tick", { step: 2, index: 0 }],
      ["status", { step: 3, part: 0, index: 0 }],
      ["(unknown method)", { step: 3, part: 1, index: 0 }],
      [undefined, { step: 4, index: 0 }],
    ]);
  });
});

describe("replaceFrame", () => {
  it.each([
    ["a step's frame", { step: 1, index: 0 }],
    ["a frame of a request sent together with others", { step: 3, part: 1, index: 0 }],
  ])("puts another frame in the place of %s and leaves the rest", (_name, spot) => {
    const before = JSON.stringify(CAPTURE);
    const altered = replaceFrame(CAPTURE, spot, tick);
    expect(frameOf(altered, spot)).toBe(tick);
    expect(JSON.stringify(CAPTURE)).toBe(before);
    const others = capturedFrames(CAPTURE).filter((one) => JSON.stringify(one.spot) !== JSON.stringify(spot));
    for (const { spot: other, frame } of others) expect(frameOf(altered, other)).toBe(frame);
  });

  it("finds nothing where no step is", () => {
    expect(frameOf(CAPTURE, { step: 9, index: 0 })).toBeUndefined();
    expect(frameOf(CAPTURE, { step: 1, part: 4, index: 0 })).toBeUndefined();
  });
});
