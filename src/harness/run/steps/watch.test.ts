import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { answering, run } from "../../../../test/support/run-scenario.ts";
import type { Peer } from "../../../../test/support/scripted-server.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

describe("listening", () => {
  const chatty = answering(() => ({}), {
    onConnection: (peer) => {
      for (const n of [1, 2]) peer.say({ type: "event", event: "news", payload: { n } });
      peer.say({ type: "event", event: "tick", payload: { ts: 1 } });
      peer.say({ type: "event", event: "other" });
    },
  });

  test("an event that was there already is found, once, and by its content", async () => {
    const { steps } = await run(
      {
        steps: [
          { event: "news", where: { "/payload/n": 2 }, bind: { n: "/payload/n" } },
          { event: "news" },
          { event: "news", within: 20 },
        ],
      },
      chatty,
    );
    expect(steps.map(({ received, timedOut }) => [received.length, timedOut])).toEqual([
      [1, undefined],
      [1, undefined],
      [0, true],
    ]);
    expect(steps[0]?.received).toMatchObject([{ payload: { n: 2 } }]);
    expect(steps[1]?.received).toMatchObject([{ payload: { n: 1 } }]);
  });

  test("nobody waits for what a method that is not served would have caused", async () => {
    const unserved = answering((method) => ({
      ok: false,
      error: { code: "INVALID_REQUEST", message: `unknown method: ${method}` },
    }));
    const { steps } = await run(
      {
        steps: [
          { call: "chat.send", params: { sessionKey: "main", message: "hi", idempotencyKey: "k" } },
          { event: "chat", within: 60_000 },
        ],
      },
      unserved,
    );
    expect(steps[1]).toMatchObject({ received: [], timedOut: true });
  });

  test("quiet keeps every event nobody took, but for the clockwork and what is ignored", async () => {
    const { steps } = await run(
      { steps: [{ event: "news" }, { quiet: { for: 30, ignore: ["other"] } }] },
      chatty,
    );
    expect(steps[1]).toEqual({
      kind: "quiet",
      as: "main",
      received: [{ type: "event", event: "news", payload: { n: 2 } }],
    });
  });

  test("a client that pauses takes nothing until it resumes", async () => {
    const peers: Peer[] = [];
    const telling = answering(
      () => {
        for (const peer of peers)
          peer.say({ type: "event", event: "news", payload: { huge: "é".repeat(2e6) } });
        return {};
      },
      { onConnection: (peer) => peers.push(peer) },
    );
    const { steps } = await run(
      {
        steps: [
          { open: { as: "a" } },
          { pause: { as: "a" } },
          { call: "news" },
          { event: "news", as: "a", within: 50 },
          { resume: { as: "a" } },
          { event: "news", as: "a" },
          { pause: { as: "a" } },
        ],
      },
      telling,
    );
    expect(steps[3]).toMatchObject({ received: [], timedOut: true });
    const huge = `${"é".repeat(64)}... (2000000 in all, SHA-256 ${sha256("é".repeat(2e6))})`;
    expect(steps[5]?.received).toEqual([{ type: "event", event: "news", payload: { huge } }]);
  });

  test("close closes, closed waits for the server, wait waits", async () => {
    const closes: number[] = [];
    const { steps } = await run(
      {
        steps: [
          { open: { as: "a" } },
          { close: { as: "a" } },
          { open: { as: "b" } },
          { closed: { as: "b" }, within: 20 },
          { wait: 1 },
        ],
      },
      () => ({ onConnection: ({ socket }) => socket.on("close", (code) => closes.push(code)) }),
    );
    expect(closes[0]).toBe(1000);
    expect(steps.slice(3)).toEqual([
      { kind: "closed", as: "b", received: [], timedOut: true },
      { kind: "wait", received: [] },
    ]);
  });
});
