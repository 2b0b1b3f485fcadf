import { describe, expect, it } from "vitest";
import type { Capture, StepCapture } from "../run/capture.ts";
import { learn } from "./learn.ts";
import type { RecordedCase } from "./recording.ts";

const START = 1_790_000_000_000;
const uuid = (run: number, id = 0) => `${run}aaaaaaa-bbbb-4ccc-8ddd-${String(id).padStart(12, "0")}`;

/** A capture of one call per payload; `more` replaces members of it. */
function capture(run: number, steps: readonly Partial<StepCapture>[], more: Partial<Capture> = {}): Capture {
  return {
    scenario: "area/behaviour",
    case: "",
    steps: steps.map((step) => ({ kind: "call", as: "main", received: [], ...step })),
    breaches: [],
    known: { run: `run${run}x`, stateDir: `/tmp/${run}/state`, port: 20_000 + run, token: "sesame-sesame" },
    secrets: ["token"],
    clock: { start: START + run * 1e6, end: START + run * 1e6 + 5_000 },
    ...more,
  };
}

const res = (payload: unknown) => ({ type: "res", id: "1", ok: true, payload });
const event = (name: string, payload: unknown) => ({ type: "event", event: name, payload });

function learned(make: (run: number) => Capture, options?: Parameters<typeof learn>[1]): RecordedCase {
  const result = learn([1, 2, 3, 4, 5].map(make), options);
  if (!result.ok) throw new Error(JSON.stringify(result.unstable, null, 1));
  return result.recorded;
}

function refused(make: (run: number) => Capture) {
  const result = learn([1, 2, 3, 4, 5].map(make));
  if (result.ok) throw new Error("was learned");
  return result.unstable;
}

/** What is recorded for a payload that depends on the run. */
const payloadOf = (payload: (run: number) => unknown, method?: string) => {
  const recorded = learned((run) =>
    capture(run, [{ ...(method === undefined ? {} : { method }), received: [res(payload(run))] }]),
  );
  const [frame] = recorded.steps[0]?.received ?? [];
  return { payload: (frame as { payload: unknown }).payload, ...recorded };
};

describe("literals and symbols", () => {
  it("keeps what all runs share", () => {
    const value = { a: 1, b: null, c: [true, "x"], d: {} };
    expect(payloadOf(() => value).payload).toEqual(value);
  });

  it("makes one symbol of equal values and names it by kind, in order of appearance", () => {
    const { payload, symbols } = payloadOf((run) => ({
      z: uuid(run, 1),
      a: uuid(run, 2),
      again: uuid(run, 1),
    }));
    expect(payload).toEqual({ a: { $: "uuid-1" }, again: { $: "uuid-2" }, z: { $: "uuid-2" } });
    expect(symbols["uuid-2"]).toEqual({
      kind: "uuid",
      type: "string",
      places: ["/0/0/payload/again", "/0/0/payload/z"],
    });
  });

  it("knows the harness's own values, as numbers and as text", () => {
    const { payload, symbols } = payloadOf((run) => ({
      run: `run${run}x`,
      port: 20_000 + run,
      text: String(20_000 + run),
    }));
    expect(payload).toEqual({ run: { $: "run" }, port: { $: "port" }, text: { $text: [{ $: "port" }] } });
    expect(symbols["run"]?.kind).toBe("known");
  });

  it("demands the echo of what the client made up", () => {
    const recorded = learned((run) =>
      capture(run, [
        {
          sent: { id: uuid(run, 7), params: { idempotencyKey: uuid(run, 8) } },
          received: [res({ runId: uuid(run, 8) })],
        },
      ]),
    );
    expect(recorded.symbols["idempotency-key-1"]?.kind).toBe("known");
    expect(recorded.steps[0]?.received[0]).toMatchObject({ payload: { runId: { $: "idempotency-key-1" } } });
  });

  it("takes a challenge's nonce for the server's, though the client sends it back", () => {
    const recorded = learned((run) =>
      capture(run, [
        {
          kind: "connect",
          sent: { params: { device: { nonce: uuid(run, 1) } } },
          received: [event("connect.challenge", { nonce: uuid(run, 1), ts: START + run * 1e6 }), res({})],
        },
      ]),
    );
    expect(recorded.symbols["uuid-1"]?.kind).toBe("uuid");
    expect(recorded.symbols["time-1"]).toMatchObject({ kind: "epoch-ms", live: true });
  });

  it("names a nonce after its connection, also where the challenge itself was not kept", () => {
    const recorded = learned((run) =>
      capture(run, [{ kind: "connect", sent: { nonce: uuid(run) } }], { known: { "nonce:main": uuid(run) } }),
    );
    expect(recorded.symbols["nonce:main"]).toMatchObject({ kind: "uuid", places: ["/0/sent/nonce"] });
  });

  it("gives a bound value the name the scenario gave it, and its own kind", () => {
    const recorded = learned((run) =>
      capture(run, [{ received: [res({ sessionId: uuid(run) })] }], { known: { "bind.first": uuid(run) } }),
    );
    expect(recorded.symbols["first"]?.kind).toBe("uuid");
  });

  it("keeps ids of digits alone apart from times", () => {
    const ids = ["1234567890123", "00ff00ff00ff0", "abcdefabcdefa", "1111111111111", "00000000000ab"];
    expect(payloadOf((run) => ids[run - 1]).symbols["hex-1"]?.kind).toBe("hex");
  });

  it("takes a text that only one run would write for an opaque id", () => {
    expect(payloadOf((run) => `node ${"pqrst"[run - 1] ?? ""}`).symbols["opaque-1"]?.kind).toBe("opaque");
  });
});

describe("what the contract calls volatile", () => {
  const list = (run: number, more: object = {}) => ({
    ts: START + run * 1e6 + 10,
    path: `/tmp/${run}/state/sessions.json`,
    count: 1,
    sessions: [{ key: "agent:main:main", updatedAt: 1_700_000_000_000, sessionId: "seeded", ...more }],
  });

  it("is a literal where it was seeded", () => {
    const { payload } = payloadOf((run) => list(run), "sessions.list");
    expect(payload).toMatchObject({
      ts: { $: "time-1" },
      path: { $text: [{ $: "stateDir" }, "/sessions.json"] },
      sessions: [{ updatedAt: 1_700_000_000_000, sessionId: "seeded" }],
    });
  });

  it("is a symbol of its own for every span, even if all are equal", () => {
    const { payload, symbols } = payloadOf(
      () => ({
        durationMs: 0,
        sessions: { path: "p", count: 0, recent: [{ key: "k", updatedAt: null, age: 0 }] },
      }),
      "health",
    );
    expect(payload).toMatchObject({ durationMs: { $: "duration-1" } });
    expect(payload).toMatchObject({ sessions: { recent: [{ age: { $: "duration-2" }, updatedAt: null }] } });
    expect(symbols["duration-2"]?.kind).toBe("duration-ms");
  });

  it("hides versions, hosts and device tokens of every hello, and where they are said again", () => {
    const { payload } = payloadOf(() => ({
      type: "hello-ok",
      server: { version: "2026.2.17", host: "build-7", connId: "fixed" },
      snapshot: {
        uptimeMs: 5,
        stateVersion: { presence: 1, health: 1 },
        presence: [{ host: "build-7", text: "Gateway: build-7 (10.0.0.1) app 2026.2.17", ts: 5 }],
      },
      auth: { deviceToken: "a-device-token", role: "operator" },
    }));
    expect(payload).toMatchObject({
      server: { version: { $: "version-1" }, host: { $: "host-1" }, connId: "fixed" },
      snapshot: {
        uptimeMs: { $: "duration-1" },
        stateVersion: { presence: { $: "counter-2" }, health: { $: "counter-1" } },
        presence: [
          {
            host: { $: "host-1" },
            text: { $text: ["Gateway: ", { $: "host-1" }, " (10.0.0.1) app ", { $: "version-1" }] },
          },
        ],
      },
      auth: { deviceToken: { $: "secret-1" } },
    });
  });

  it("stays a literal where the client said it of itself", () => {
    const recorded = learned((run) =>
      capture(run, [
        {
          kind: "connect",
          sent: { params: { client: { version: "1.0.0" } } },
          received: [res({ type: "hello-ok", snapshot: { presence: [{ version: "1.0.0", ts: START }] } })],
        },
      ]),
    );
    expect(recorded.steps[0]?.received[0]).toMatchObject({
      payload: { snapshot: { presence: [{ version: "1.0.0" }] } },
    });
  });
});

describe("texts", () => {
  it("finds symbols, ids, times and digits inside", () => {
    const { payload, symbols } = payloadOf((run) => ({
      id: uuid(run),
      file: `/tmp/${run}/state/a/${uuid(run)}.jsonl.reset.2026-11-20T15-59-5${run}.826Z`,
      log: `run${run}x at ${START + run} by deadbee${run}`,
    }));
    expect(payload).toEqual({
      id: { $: "uuid-1" },
      file: { $text: [{ $: "stateDir" }, "/a/", { $: "uuid-1" }, ".jsonl.reset.", { $: "time-1" }] },
      log: { $text: [{ $: "run" }, " at ", { $: "time-2" }, " by ", { $: "hex-1" }] },
    });
    expect(symbols["time-1"]).toMatchObject({ kind: "iso-time", shape: "0000-00-00T00-00-00.000Z" });
    expect(symbols["hex-1"]).toMatchObject({ kind: "hex", shape: "xxxxxxxx" });
  });

  it("finds an id without a form of its own, wherever it comes first", () => {
    const id = (run: number) => `sess_${"qrstu"[run - 1] ?? ""}zzzz`;
    const { payload } = payloadOf((run) => ({ a: `/x/${id(run)}/y`, b: id(run) }));
    expect(payload).toEqual({ a: { $text: ["/x/", { $: "opaque-1" }, "/y"] }, b: { $: "opaque-1" } });
  });

  it("does not take a part of another number for the port", () => {
    const { payload } = payloadOf((run) => `n${20_000 + run}5`.padEnd(12 + run, "q"));
    expect(payload).toEqual({ $: "opaque-1" });
  });
});

describe("keys that vary", () => {
  it("are written as entries, literal ones first", () => {
    const { payload } = payloadOf((run) => ({
      [`agent:main:run${run}x-b`]: { sessionId: uuid(run, 2) },
      [`agent:main:run${run}x-a`]: { sessionId: uuid(run, 1) },
      global: 1,
    }));
    expect(payload).toEqual({
      $entries: [
        ["global", 1],
        [{ $text: ["agent:main:", { $: "run" }, "-a"] }, { sessionId: { $: "uuid-1" } }],
        [{ $text: ["agent:main:", { $: "run" }, "-b"] }, { sessionId: { $: "uuid-2" } }],
      ],
    });
  });

  it("may be ids themselves", () => {
    const { payload } = payloadOf((run) => ({ [uuid(run)]: { id: uuid(run) } }));
    expect(payload).toEqual({ $entries: [[{ $: "uuid-1" }, { id: { $: "uuid-1" } }]] });
  });

  it("make files whose names vary comparable, in whatever order they are listed", () => {
    const recorded = learned((run) => {
      const files = [
        { path: `sessions/${uuid(run)}.jsonl`, content: [{ type: "session", id: uuid(run) }] },
        {
          path: "sessions/sessions.json",
          content: { "agent:main:main": { sessionId: uuid(run), updatedAt: 5 } },
        },
      ];
      return capture(run, [{ kind: "files", files: run % 2 === 0 ? files : files.reverse() }]);
    });
    expect(recorded.steps[0]?.files).toEqual([
      {
        path: { $text: ["sessions/", { $: "uuid-1" }, ".jsonl"] },
        content: [{ id: { $: "uuid-1" }, type: "session" }],
      },
      {
        path: "sessions/sessions.json",
        content: { "agent:main:main": { sessionId: { $: "uuid-1" }, updatedAt: 5 } },
      },
    ]);
  });

  it("escapes an object that would read as something else", () => {
    expect(payloadOf(() => ({ $: "x" })).payload).toEqual({ $literal: { $: "x" } });
  });
});

describe("order", () => {
  it("keeps what held in all runs, without what follows from it", () => {
    const { order } = payloadOf((run) => {
      const start = START + run * 1e6;
      return { a: start + 30, b: start + 10, c: start + 20, d: start + (run % 2 === 0 ? 5 : 40) };
    });
    expect(order).toEqual([
      ["time-2", "time-3"],
      ["time-3", "time-1"],
    ]);
  });

  it("compares a counter with itself alone", () => {
    const recorded = learned((run) =>
      capture(run, [
        {
          received: [
            { ...event("tick", { ts: 1 }), seq: run },
            { ...event("tick", { ts: 1 }), seq: run + 1, stateVersion: { presence: 3, health: 2 } },
          ],
        },
      ]),
    );
    expect(recorded.order).toEqual([["counter-1", "counter-2"]]);
  });
});

describe("secrets", () => {
  it("are symbols from the start, even when all runs share them", () => {
    const { payload } = payloadOf(() => ({ token: "sesame-sesame", url: "ws://x/?token=sesame-sesame" }));
    expect(payload).toEqual({ token: { $: "token" }, url: { $text: ["ws://x/?token=", { $: "token" }] } });
  });

  it("include the signatures the client sends", () => {
    const recorded = learned((run) =>
      capture(run, [
        { kind: "connect", sent: { params: { device: { signature: "always-the-same".repeat(6) } } } },
      ]),
    );
    expect(JSON.stringify(recorded)).not.toContain("always-the-same");
    expect(recorded.symbols["signature-1"]?.kind).toBe("secret");
  });

  it("are not shown when something else cannot be learned", () => {
    const unstable = refused((run) =>
      capture(run, [{ received: [res(run % 2 === 0 ? 1 : "sesame-sesame")] }]),
    );
    expect(unstable[0]?.values).toEqual(["<secret>", 1, "<secret>", 1, "<secret>"]);
  });
});

describe("exclusions", () => {
  const options = { exclusions: [[{ at: "/payload/x", why: "it is a race upstream" }]] };

  it("keep the type, and its absence", () => {
    const values = [1, "a", undefined, 1, 1];
    const recorded = learned(
      (run) =>
        capture(run, [{ received: [res(values[run - 1] === undefined ? {} : { x: values[run - 1] })] }]),
      options,
    );
    expect(recorded.steps[0]?.received[0]).toMatchObject({
      payload: { x: { $any: { type: "absent|number|string", why: "it is a race upstream" } } },
    });
  });
});

describe("what cannot be learned", () => {
  it.each([
    ["a type", (run: number) => ({ a: run === 3 ? 1 : "1" }), "/received/0/payload/a", /JSON type/],
    ["a truth", (run: number) => ({ a: run === 3 }), "/received/0/payload/a", /now true, now false/],
    ["a null", (run: number) => ({ a: run === 3 ? null : 1 }), "/received/0/payload/a", /JSON type/],
    [
      "a length",
      (run: number) => ({ a: run === 3 ? [] : [1] }),
      "/received/0/payload/a",
      /number of elements/,
    ],
    [
      "a member",
      (run: number) => (run === 3 ? {} : { a: 1 }),
      "/received/0/payload",
      /not there in every run/,
    ],
    ["a race", (run: number) => ({ a: run === 3 ? "ok" : "in_flight" }), "/received/0/payload/a", /race/],
  ])("names %s that comes and goes", (_, payload, pointer, hint) => {
    const [unstable, ...others] = refused((run) => capture(run, [{ received: [res(payload(run))] }]));
    expect(others).toEqual([]);
    expect(unstable).toMatchObject({ step: 0, pointer });
    expect(unstable?.hint).toMatch(hint);
    expect(unstable?.values).toHaveLength(5);
  });

  it.each<[string, (run: number) => Partial<StepCapture>, string]>([
    ["frames", (run) => ({ received: run === 2 ? [res(1)] : [res(1), event("tick", {})] }), "/received"],
    [
      "an order of frames",
      (run) => ({ received: run === 2 ? [res(1), event("a", 1)] : [event("a", 1), res(1)] }),
      "/received",
    ],
    [
      "a refusal",
      (run) => ({ received: [run === 2 ? res(1) : { type: "res", id: "1", ok: false }] }),
      "/received",
    ],
    ["a timeout", (run) => (run === 2 ? { timedOut: true } : {}), "/timedOut"],
    ["a close", (run) => (run === 2 ? { close: { code: 1000, reason: "" } } : {}), "/close"],
    ["files", (run) => ({ kind: "files", files: run === 2 ? [] : [{ path: "a" }] }), "/files"],
  ])("names %s that not all runs have", (_, step, pointer) => {
    expect(refused((run) => capture(run, [step(run)])).map((each) => each.pointer)).toEqual([pointer]);
  });

  it("names ids that are equal in some runs only", () => {
    const [unstable] = refused((run) =>
      capture(run, [{ received: [res({ a: uuid(run, 1), b: uuid(run, run === 3 ? 1 : 2) })] }]),
    );
    expect(unstable).toMatchObject({ step: 0, pointer: "/received/0/payload/b" });
    expect(unstable?.hint).toMatch(/in some runs only/);
  });

  it("does not hide that the contract is wrong", () => {
    const breach = { step: 0, as: "main", pointer: "/payload", message: "must be object", frame: res(1) };
    const unstable = refused((run) => capture(run, [{ received: [res(1)] }], { breaches: [breach] }));
    expect(unstable).toHaveLength(1);
    expect(unstable[0]?.hint).toMatch(/correct the contract/);
  });

  it("needs a capture", () => {
    expect(() => learn([])).toThrow(/without a capture/);
  });
});

describe("requests that go together", () => {
  it("are all sent before any answer", () => {
    const recorded = learned((run) => {
      const part = (id: number, answers: number): StepCapture => ({
        kind: "call",
        sent: { id: uuid(run, id) },
        received: [res(uuid(run, answers))],
      });
      return capture(run, [{ kind: "together", parts: [part(1, 2), part(2, 1)] }]);
    });
    expect(Object.values(recorded.symbols).map(({ kind }) => kind)).toEqual(["known", "known"]);
    expect(recorded.symbols["id-1"]?.places).toEqual(["/0/parts/0/sent/id", "/0/parts/1/0/payload"]);
  });
});
