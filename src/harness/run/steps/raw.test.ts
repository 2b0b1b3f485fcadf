import { describe, expect, test } from "vitest";
import { run } from "../../../../test/support/run-scenario.ts";
import type { Script } from "../../../../test/support/scripted-server.ts";

describe("raw", () => {
  const odd = (): Script => ({
    onMessage: (peer, text, binary, data) => {
      if (text.includes('"connect"')) return false;
      peer.socket.send(
        text.startsWith("plain") ? "not json" : JSON.stringify({ text, binary, bytes: data.length }),
      );
      return true;
    },
  });

  test("text, JSON and bytes go out as they are", async () => {
    const { steps, known } = await run(
      {
        steps: [
          { raw: '{"n":1e400,"run":"{{run}}"' },
          { raw: { a: null, b: "{{run}}" } },
          { raw: null },
          { raw: "" },
          { base64: "//4=", binary: true },
          { raw: "plain" },
        ],
      },
      odd,
    );
    const texts = steps.slice(0, 4).map(({ received }) => received);
    expect(texts).toMatchObject([
      [{ text: `{"n":1e400,"run":"${known["run"]}"`, binary: false }],
      [{ text: `{"a":null,"b":"${known["run"]}"}` }],
      [{ text: "null" }],
      [{ text: "" }],
    ]);
    expect(steps[4]?.received).toMatchObject([{ binary: true, bytes: 2 }]);
    expect(steps[5]?.received).toEqual([{ "not-json": "not json" }]);
  });

  test("waits for as many messages as it says, events not counted", async () => {
    const { steps } = await run({ steps: [{ raw: "x", frames: 2 }] }, () => ({
      onMessage: (peer, text) => {
        if (text !== "x") return false;
        peer.say({ n: 1 });
        peer.say({ type: "event", event: "tick", payload: { ts: 1 } });
        peer.say({ n: 2 });
        peer.say({ n: 3 });
        return true;
      },
    }));
    expect(steps[0]?.received).toEqual([{ n: 1 }, { n: 2 }]);
  });

  test("silence is asserted by listening for the whole time", async () => {
    const { steps } = await run(
      {
        steps: [
          { raw: "quiet", frames: 0, within: 30 },
          { raw: "loud", frames: 0, within: 200 },
        ],
      },
      () => ({
        onMessage: (peer, text) => {
          if (text === "loud") peer.say({ heard: true });
          return text === "loud" || text === "quiet";
        },
      }),
    );
    expect(steps[0]).toEqual({ kind: "raw", as: "main", sent: "quiet", received: [] });
    expect(steps[1]?.received).toEqual([{ heard: true }]);
  });

  test("before connect a refusal is captured with its close", async () => {
    const { steps } = await run({ steps: [{ open: {} }, { raw: "nonsense" }] }, () => ({
      onMessage: (peer) => {
        peer.say({
          type: "res",
          id: "invalid",
          ok: false,
          error: { code: "INVALID_REQUEST", message: "no" },
        });
        setTimeout(() => peer.socket.close(1008, "no"), 50);
        return true;
      },
    }));
    expect(steps[0]?.received).toMatchObject([{ event: "connect.challenge" }]);
    expect(steps[1]).toMatchObject({ received: [{ id: "invalid" }], close: { code: 1008, reason: "no" } });
  });

  test("a close instead of an answer is no timeout", async () => {
    const { steps } = await run({ steps: [{ raw: "x" }, { call: "y" }] }, () => ({
      onMessage: (peer, text) => {
        if (text !== "x") return false;
        peer.socket.close(1009);
        return true;
      },
    }));
    expect(steps[0]).toEqual({
      kind: "raw",
      as: "main",
      sent: "x",
      received: [],
      close: { code: 1009, reason: "" },
    });
    expect(steps[1]).toMatchObject({ received: [], close: { code: 1009 } });
    expect(steps[1]).not.toHaveProperty("timedOut");
  });
});
