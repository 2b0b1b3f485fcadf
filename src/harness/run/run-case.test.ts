import { describe, expect, test } from "vitest";
import { answering, run } from "../../../test/support/run-scenario.ts";

const flood = (count: number, frame: unknown) =>
  answering(() => ({}), {
    onMessage: (peer, text) => {
      if (text.includes('"x"')) for (let n = 0; n < count; n += 1) peer.say(frame);
      return false;
    },
  });

describe("a target that floods its client", () => {
  test("fills no memory with breaches: the first thousand of a step are kept", async () => {
    const { breaches } = await run(
      { steps: [{ call: "x" }, { call: "y" }] },
      flood(3_000, { type: "event" }),
    );
    expect(breaches).toHaveLength(1_000);
  });

  test("is told what was thrown away unread", async () => {
    const { breaches } = await run(
      { steps: [{ call: "x" }] },
      flood(10_500, { type: "event", event: "tick", payload: { ts: 1 } }),
    );
    expect(breaches).toMatchObject([
      { as: "main", message: expect.stringMatching(/^more came .*: \d+ messages were thrown away unread$/) },
    ]);
  });
});
