import { describe, expect, it } from "vitest";
import { helloFrame } from "../../../test/support/scripted-server.ts";
import type { Peer, Request } from "../../../test/support/scripted-server.ts";
import { suiteOf } from "../../../test/support/run-scenario.ts";
import { scriptedTarget } from "../../../test/support/scripted-target.ts";
import type { RecordedCase, RecordingFile } from "../learn/recording.ts";
import type { Outcome } from "../outcome.ts";
import { readOutcome } from "../read-outcome.ts";
import { renderJson } from "../report/json.ts";
import { scenarioDigest } from "../scenario/index.ts";
import { runSuite } from "./run-suite.ts";

const answer = { type: "res", id: { $: "id" }, ok: true, payload: { text: "fine" } };
const RECORDED: RecordedCase = {
  symbols: { id: { kind: "opaque", type: "string", places: [] } },
  order: [],
  steps: [
    {
      kind: "call",
      as: "main",
      method: "x",
      sent: { type: "req", id: { $: "id" }, method: "x" },
      received: [answer],
    },
  ],
};

/** One run of a scenario against a server that does what it likes with the request. */
async function judge(answerTo: (peer: Peer, request: Request) => void): Promise<Outcome> {
  const suite = suiteOf({ steps: [{ call: "x" }] });
  const data = suite.scenarios.get("a/b")?.data;
  if (data === undefined) throw new Error("no scenario");
  const recording: RecordingFile = {
    format: "lockstep-recording/1",
    scenario: "a/b",
    digest: scenarioDigest(data, []),
    oracle: { name: "openclaw", version: "2026.2.17", protocol: 3, node: "v20.20.2" },
    recorded: {
      at: "2026-02-18T08:00:00.000Z",
      tool: "lockstep 0.1.0",
      runs: 5,
      varied: [],
      selfParity: "3/3",
    },
    cases: { "": RECORDED },
  };
  const target = scriptedTarget(() => ({
    onRequest: (peer, request) => {
      if (request.method === "connect") peer.say(helloFrame(request.id));
      else if (request.method === "health") peer.say({ type: "res", id: request.id, ok: true, payload: {} });
      else answerTo(peer, request);
    },
  }));
  const outcome = await runSuite({
    tool: "lockstep 0.1.0",
    suite,
    oracle: "openclaw@2026.2.17",
    recordings: new Map([["a/b", recording]]),
    target,
    timeoutMs: 700,
  });
  // A report that cannot be written, or read again, says nothing to anybody.
  return readOutcome(renderJson(outcome), "outcome.json");
}

const good = (id: unknown) => ({ type: "res", id, ok: true, payload: { text: "fine" } });
const deep = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;

it("an honest target passes", async () => {
  const outcome = await judge((peer, { id }) => peer.say(good(id)));
  expect(outcome.cases[0]).toMatchObject({ status: "pass", differences: [] });
});

describe("never a pass, never the harness's fault", () => {
  const HOSTILE: Record<string, (peer: Peer, request: Request) => void> = {
    "an extra member": (peer, { id }) => peer.say({ ...good(id), more: 1 }),
    "the answer twice": (peer, { id }) => {
      peer.say(good(id));
      peer.say(good(id));
    },
    "the answer twice, a little later": (peer, { id }) => {
      peer.say(good(id));
      setImmediate(() => peer.say(good(id)));
    },
    "the answer twice, the second when the case has all it waits for": (peer, { id }) => {
      // What the client says next, its close, is not read before the second answer is out.
      peer.socket.pause();
      peer.say(good(id));
      setTimeout(() => {
        peer.say(good(id));
        peer.socket.resume();
      }, 50);
    },
    "more events than anybody keeps": (peer, { id }) => {
      for (let n = 0; n < 10_050; n += 1) peer.say({ type: "event", event: "tick", payload: { ts: n } });
      peer.say(good(id));
    },
    "another id": (peer) => peer.say(good("other")),
    "a number for an id": (peer) => peer.say(good(1)),
    "no answer": () => {},
    "a close": (peer) => peer.socket.close(1000, "bye"),
    "a cut": (peer) => peer.socket.terminate(),
    "a close behind the answer's half": (peer, { id }) => {
      peer.socket.send(JSON.stringify(good(id)).slice(0, 20));
      peer.socket.close();
    },
    "garbage with ok true": (peer, { id }) => peer.say({ type: "res", id, ok: true, payload: 17 }),
    "no payload": (peer, { id }) => peer.say({ type: "res", id, ok: true }),
    "ok as text": (peer, { id }) => peer.say({ ...good(id), ok: "true" }),
    "a failure and a success in one": (peer, { id }) =>
      peer.socket.send(
        `{"type":"res","id":${JSON.stringify(id)},"ok":false,"ok":true,"payload":{"text":"fine"}}`,
      ),
    "no JSON": (peer) => peer.socket.send("hello"),
    "no JSON and then the answer": (peer, { id }) => {
      peer.socket.send("hello");
      peer.say(good(id));
    },
    "a binary frame": (peer, { id }) => peer.socket.send(Buffer.from(JSON.stringify(good(id)))),
    "a payload nested without end": (peer, { id }) =>
      peer.socket.send(`{"type":"res","id":${JSON.stringify(id)},"ok":true,"payload":${deep(100_000)}}`),
    "a deep payload": (peer, { id }) =>
      peer.socket.send(`{"type":"res","id":${JSON.stringify(id)},"ok":true,"payload":${deep(3_000)}}`),
    "an error nested without end": (peer, { id }) =>
      peer.socket.send(`{"type":"res","id":${JSON.stringify(id)},"ok":false,"error":${deep(100_000)}}`),
    "an event nested without end before the answer": (peer, { id }) => {
      peer.socket.send(`{"type":"event","event":"foo","seq":[],"payload":${deep(100_000)}}`);
      peer.say(good(id));
    },
    "a payload of a million members": (peer, { id }) =>
      peer.say({ ...good(id), payload: Array.from({ length: 1_000_000 }, (_, index) => index) }),
    "a list of a million lists": (peer, { id }) =>
      peer.say({ ...good(id), payload: Array.from({ length: 1_000_000 }, () => []) }),
    "a name of a million letters": (peer, { id }) =>
      peer.say({ ...good(id), payload: { text: "fine", ["x".repeat(1_000_000)]: 1 } }),
    "ten thousand unknown answers": (peer) => {
      for (let n = 0; n < 10_000; n += 1) peer.say({ ...good(`other ${n}`), payload: { n } });
    },
    "a huge text": (peer, { id }) => peer.say({ ...good(id), payload: { text: "x".repeat(30_000_000) } }),
    "a frame beyond every limit": (peer, { id }) =>
      peer.say({ ...good(id), payload: { text: "x".repeat(80_000_000) } }),
    "200000 answers nobody asked for": (peer, { id }) => {
      for (let n = 0; n < 200_000; n += 1) peer.socket.send('{"type":"res","id":"zz","ok":true}');
      peer.say(good(id));
    },
    "200000 broken events": (peer, { id }) => {
      for (let n = 0; n < 200_000; n += 1) peer.socket.send('{"type":"event"}');
      peer.say(good(id));
    },
  };
  it.each(Object.entries(HOSTILE))(
    "%s",
    async (_name, answerTo) => {
      const outcome = await judge(answerTo);
      expect(["differ", "incomplete"]).toContain(outcome.verdict);
      expect(JSON.stringify(outcome).length).toBeLessThan(1_000_000);
    },
    60_000,
  );
});
