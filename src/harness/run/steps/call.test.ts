import { describe, expect, test } from "vitest";
import { answering, attempt, run } from "../../../../test/support/run-scenario.ts";
import { helloFrame } from "../../../../test/support/scripted-server.ts";
import type { Script } from "../../../../test/support/scripted-server.ts";

describe("call", () => {
  test("sends templates filled in, keeps nulls, and takes the answer alone", async () => {
    const { steps, known, breaches } = await run({
      steps: [{ call: "x", params: { key: "{{key:a}}", gone: "{{absent}}", none: null, at: "{{now-1h}}" } }],
    });
    const key = `agent:main:lockstep-${known["run"]}-a`;
    const params = { key, none: null, at: known["now-1h"] };
    expect(steps).toEqual([
      {
        kind: "call",
        as: "main",
        method: "x",
        sent: { type: "req", id: `${known["run"]}-2`, method: "x", params },
        received: [{ type: "res", id: `${known["run"]}-2`, ok: true, payload: params }],
      },
    ]);
    expect(breaches).toEqual([]);
  });

  test("without params the frame has none", async () => {
    const { steps } = await run({ steps: [{ call: "x" }, { call: "x", params: null }] });
    expect(steps[0]?.sent).not.toHaveProperty("params");
    expect(steps[1]?.sent).toHaveProperty("params", null);
  });

  test("binds for later steps, into objects and nulls too", async () => {
    const { steps, known } = await run({
      steps: [
        {
          call: "x",
          params: { entry: { id: "s1", none: null } },
          bind: { entry: "/payload/entry", id: "/payload/entry/id" },
        },
        { call: "y", params: ["{{bind.entry}}", "{{bind.entry.none}}", "<{{bind.id}}>"] },
      ],
    });
    expect(steps[1]?.sent).toMatchObject({ params: [{ id: "s1", none: null }, null, "<s1>"] });
    expect(known).toMatchObject({ "bind.id": "s1" });
  });

  test("goes on when there is nothing to bind, and says so", async () => {
    const { steps, breaches } = await run({
      steps: [
        { call: "x", bind: { id: "/payload/id" } },
        { call: "y", params: ["{{bind.id}}"] },
      ],
    });
    expect(breaches).toMatchObject([{ step: 0, pointer: "/payload/id", message: "nothing to bind as id" }]);
    expect(steps[1]?.sent).toMatchObject({ params: ["unbound-id"] });
  });

  test("no answer by the deadline is part of the capture, and the next step runs", async () => {
    const { steps } = await run(
      { steps: [{ call: "deaf", within: 20 }, { call: "x" }] },
      answering((method) => (method === "deaf" ? undefined : {})),
    );
    expect(steps[0]).toMatchObject({ received: [], timedOut: true });
    expect(steps[1]?.received).toHaveLength(1);
  });

  test("a port with another envelope or another id is seen, and breaks the contract", async () => {
    const script: Script = {
      onRequest: (peer, { id, method }) => {
        if (method === "connect") peer.say(helloFrame(id));
        else if (method === "resp") peer.say({ type: "resp", id, result: {} });
        else peer.say({ type: "res", id: "else", ok: true });
      },
    };
    const { steps, breaches } = await run(
      { steps: [{ call: "resp" }, { call: "id", within: 50 }] },
      () => script,
    );
    expect(steps[0]?.received).toMatchObject([{ type: "resp", result: {} }]);
    expect(steps[1]).toMatchObject({ received: [{ id: "else" }], timedOut: true });
    expect(breaches.map(({ step, pointer }) => [step, pointer])).toEqual([
      [0, "/type"],
      [1, "/id"],
    ]);
  });

  test("a frame that no client may send is the scenario's fault", async () => {
    expect(await attempt({ steps: [{ call: "x", id: "" }] })).toMatchObject({
      kind: "harness-fault",
      reason: /raw step/,
    });
  });

  test("results are held to the contract of their method", async () => {
    const { breaches } = await run({ steps: [{ call: "sessions.resolve", params: { ok: true, key: 5 } }] });
    expect(breaches).toMatchObject([{ step: 0, as: "main", pointer: "/payload/key" }]);
  });
});

describe("together", () => {
  test("all are sent before any is answered, and answers are kept in the order of the list", async () => {
    const held: (() => void)[] = [];
    const script: Script = {
      onRequest: (peer, { id, method, params }) => {
        if (method === "connect") return peer.say(helloFrame(id));
        held.unshift(() => peer.say({ type: "res", id, ok: true, payload: params }));
        if (held.length === 3) for (const say of held) say();
        return undefined;
      },
    };
    const steps = [{ together: [1, 2, 3].map((n) => ({ call: "x", params: [n] })) }];
    const capture = await run({ steps }, () => script);
    expect(capture.steps[0]?.parts?.map(({ received }) => received)).toMatchObject([
      [{ payload: [1] }],
      [{ payload: [2] }],
      [{ payload: [3] }],
    ]);
  });
});
