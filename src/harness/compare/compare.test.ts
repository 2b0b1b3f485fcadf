import { describe, expect, it } from "vitest";
import {
  A,
  B,
  brief,
  capture,
  event,
  failure,
  payload,
  recording,
  res,
  START,
  symbol,
  time,
} from "../../../test/support/recorded-samples.ts";
import type { RecordedStep, RecordedSymbol } from "../learn/index.ts";
import type { StepCapture } from "../run/capture.ts";
import { compare, DIFFERENCE_KINDS, MOST_PER_STEP, reachedLevel } from "./index.ts";

describe("shape", () => {
  it.each<[string, unknown, unknown, string[]]>([
    ["a missing member", { a: 1, b: { c: 2 } }, { a: 1 }, ["missing shape /received/0/payload/b"]],
    ["a member too many", { a: 1 }, { a: 1, b: null }, ["extra shape /received/0/payload/b"]],
    ["another type", { a: 1 }, { a: "1" }, ["type shape /received/0/payload/a"]],
    ["null for nothing", { a: null }, {}, ["missing shape /received/0/payload/a"]],
    ["nothing for null", {}, { a: null }, ["extra shape /received/0/payload/a"]],
    ["null for an object", { a: {} }, { a: null }, ["type shape /received/0/payload/a"]],
    ["a list for an object", { a: {} }, { a: [] }, ["type shape /received/0/payload/a"]],
    [
      "a name of Object's own",
      { a: 1 },
      { a: 1, constructor: 1 },
      ["extra shape /received/0/payload/constructor"],
    ],
    ["escaped pointers", { "a/b~": 1 }, {}, ["missing shape /received/0/payload/a~1b~0"]],
  ])("shows %s", (_, expected, actual, differences) => {
    expect(brief(payload(expected, actual))).toEqual(differences);
  });

  it("says what is missing and what is too many", () => {
    const [missing, extra] = payload({ key: "agent:main:main" }, { sessionKey: 1 });
    expect(missing).toMatchObject({ expected: "agent:main:main" });
    expect(missing).not.toHaveProperty("actual");
    expect(missing?.message).toBe('Missing; the oracle has "agent:main:main" here.');
    expect(extra).toMatchObject({ actual: 1 });
    expect(extra).not.toHaveProperty("expected");
  });

  it("is wrong where the envelope is, and then nothing inside is told", () => {
    const differences = compare(
      capture([{ received: [{ type: "resp", id: 1, result: { a: 1 } }] }]),
      recording([{ received: [res({ a: 1, b: 2 })] }]),
    );
    expect(brief(differences)).toEqual(["value shape /received/0/type"]);
    expect(differences[0]?.message).toBe('Expected type "res", got "resp".');
  });

  it("says which error came instead of a success, and the other way round", () => {
    const refused = failure("INVALID_REQUEST", "invalid label: empty");
    const instead = compare(capture([{ received: [refused] }]), recording([{ received: [res(1)] }]));
    expect(brief(instead)).toEqual(["value shape /received/0/ok"]);
    expect(instead[0]?.message).toBe(
      'Expected a success, got the error INVALID_REQUEST ("invalid label: empty").',
    );
    const accepted = compare(capture([{ received: [res(1)] }]), recording([{ received: [refused] }]));
    expect(accepted[0]?.message).toBe(
      'Expected the error INVALID_REQUEST ("invalid label: empty"), got a success.',
    );
  });

  it("is wrong where the answer has another id", () => {
    const differences = compare(
      capture([{ received: [{ ...res(1), id: "2" }] }]),
      recording([{ received: [{ ...res(1), id: { $: "id" } }] }], { id: symbol("known") }),
    );
    expect(differences).toEqual([]);
    const bound = compare(
      capture([{ sent: { id: "1" }, received: [{ ...res(1), id: "2" }] }]),
      recording([{ sent: { id: { $: "id" } }, received: [{ ...res(1), id: { $: "id" } }] }], {
        id: symbol("known"),
      }),
    );
    expect(brief(bound)).toEqual(["binding shape /received/0/id"]);
  });

  it("is wrong where frames are missing, too many, or no JSON", () => {
    const recorded = recording([{ received: [res(1), event("health", { a: 1 }), event("tick", {})] }]);
    const got = (received: unknown[]) => brief(compare(capture([{ received }]), recorded));
    expect(got([res(1), event("tick", {})])).toEqual(["missing shape /received/1"]);
    expect(got([res(1), event("health", { a: 1 }), event("chat", {}), event("tick", {})])).toEqual([
      "extra shape /received/2",
    ]);
    expect(got([{ "not-json": "hi" }, event("health", { a: 1 }), event("tick", {})])).toEqual([
      "type shape /received/0",
    ]);
    expect(got(["text", event("health", { a: 1 }), event("tick", {})])).toEqual(["type shape /received/0"]);
  });

  it("is wrong where the contract is broken, unless that was told already", () => {
    const frame = res({ a: 1 });
    const breach = { step: 0, as: "main", pointer: "/payload", message: "must have 'b'", frame };
    const more = { breaches: [breach] };
    expect(brief(payload({ a: 1 }, { a: 1 }, {}, more))).toEqual(["contract shape /received/0/payload"]);
    expect(brief(payload({ a: 1, b: 1 }, { a: 1 }, {}, more))).toEqual([
      "missing shape /received/0/payload/b",
    ]);
    const elsewhere = { breaches: [{ ...breach, frame: { other: 1 } }] };
    expect(brief(payload({ a: 1 }, { a: 1 }, {}, elsewhere))).toEqual(["contract shape /payload"]);
  });

  it("is wrong where the run ended early", () => {
    const differences = compare(capture([{}]), recording([{}, {}, {}]));
    expect(differences).toMatchObject([{ kind: "missing", step: 1, pointer: "" }]);
  });
});

describe("deadlines and closes", () => {
  it.each<[string, Partial<RecordedStep>, Partial<StepCapture>, string[]]>([
    ["no answer", { received: [res(1)] }, { timedOut: true }, ["timeout shape /timedOut"]],
    ["an answer to silence", { timedOut: true }, { received: [res(1)] }, ["extra shape /received/0"]],
    ["no silence and no answer", { timedOut: true }, {}, ["timeout shape /timedOut"]],
    ["a close", {}, { close: { code: 1000, reason: "" } }, ["close shape /close"]],
    ["no close", { close: { code: 1008, reason: "x" } }, {}, ["close shape /close"]],
    [
      "another code",
      { close: { code: 1008, reason: "x" } },
      { close: { code: 1000, reason: "y" } },
      ["close shape /close/code"],
    ],
    [
      "another reason",
      { close: { code: 1008, reason: "x" } },
      { close: { code: 1008, reason: "y" } },
      ["text exact /close/reason"],
    ],
  ])("show %s", (_, recorded, captured, differences) => {
    expect(brief(compare(capture([captured]), recording([recorded])))).toEqual(differences);
  });

  it("say of a wait that was cut short that it was", () => {
    const [difference] = compare(
      capture([{ timedOut: true, cutTo: 250 }]),
      recording([{ received: [res(1)] }]),
    );
    expect(difference).toMatchObject({ kind: "timeout", message: expect.stringContaining("cut to 250 ms") });
  });
});

describe("values", () => {
  it("differ at the level of meaning", () => {
    const [difference] = payload({ a: 1 }, { a: 2 });
    expect(difference).toEqual({
      kind: "value",
      level: "semantic",
      step: 0,
      pointer: "/received/0/payload/a",
      expected: 1,
      actual: 2,
      message: "Expected 1, got 2.",
    });
  });

  it("are counted, and the elements that both have are compared", () => {
    expect(brief(payload({ list: [1, 2, 3] }, { list: [1, 5] }))).toEqual([
      "count semantic /received/0/payload/list",
      "value semantic /received/0/payload/list/1",
    ]);
  });

  it("of error codes have a kind of their own, and details count", () => {
    const differences = compare(
      capture([{ received: [failure("UNAVAILABLE", "x", { details: { a: 2 } })] }]),
      recording([{ received: [failure("INVALID_REQUEST", "x", { details: { a: 1 } })] }]),
    );
    expect(brief(differences)).toEqual([
      "code semantic /received/0/error/code",
      "value semantic /received/0/error/details/a",
    ]);
  });

  it("of messages differ at the level of texts alone, symbols in them included", () => {
    const texts = (message: unknown, actual: string) =>
      compare(
        capture([{ received: [failure("X", actual)] }], { known: { run: "r1" } }),
        recording([{ received: [failure("X", message)] }], { run: symbol("known") }),
      );
    expect(brief(texts("no such key", "No such key"))).toEqual(["text exact /received/0/error/message"]);
    expect(texts({ $text: ["no key ", { $: "run" }] }, "no key r1")).toEqual([]);
    expect(brief(texts({ $text: ["no key ", { $: "run" }] }, "no key r2"))).toEqual([
      "text exact /received/0/error/message",
    ]);
  });

  it("are not compared where they are excluded, but their type is", () => {
    const any = { $any: { type: "null|string", why: "a race upstream" } };
    expect(payload({ a: any }, { a: "x" })).toEqual([]);
    expect(payload({ a: any }, { a: null })).toEqual([]);
    expect(brief(payload({ a: any }, { a: 1 }))).toEqual(["type shape /received/0/payload/a"]);
    expect(brief(payload({ a: any }, {}))).toEqual(["missing shape /received/0/payload/a"]);
    expect(payload({ a: { $any: { type: "absent|string", why: "a race upstream" } } }, {})).toEqual([]);
  });

  it("may be excluded by the caller too", () => {
    const options = { exclusions: [[{ at: "/payload/a", why: "known to differ" }]] };
    const differ = (actual: unknown) =>
      brief(
        compare(
          capture([{ received: [res({ a: actual })] }]),
          recording([{ received: [res({ a: 1 })] }]),
          options,
        ),
      );
    expect(differ(2)).toEqual([]);
    expect(differ("2")).toEqual(["type shape /received/0/payload/a"]);
  });

  it("with special keys are themselves when they are escaped", () => {
    expect(payload({ $literal: { $: "x" } }, { $: "x" })).toEqual([]);
    expect(brief(payload({ $literal: { $: "x" } }, { $: "y" }))).toEqual([
      "value semantic /received/0/payload/$",
    ]);
  });
});

describe("symbols", () => {
  it("hold one value, and a difference says where it was bound", () => {
    const [difference, ...others] = payload(
      { a: { $: "uuid-1" }, b: { $: "uuid-1" } },
      { a: A, b: B },
      { "uuid-1": symbol("uuid") },
    );
    expect(others).toEqual([]);
    expect(difference).toMatchObject({
      kind: "binding",
      level: "semantic",
      expected: A,
      actual: B,
      boundAt: "/0/received/0/payload/a",
    });
  });

  it("of the harness's own are bound before the first step", () => {
    const [difference] = payload(
      { a: { $: "run" } },
      { a: "r2" },
      { run: symbol("known") },
      { known: { run: "r1" } },
    );
    expect(difference).toMatchObject({
      kind: "binding",
      expected: "r1",
      actual: "r2",
      boundAt: "the harness",
    });
  });

  it("that the scenario binds are the server's to choose", () => {
    const known = { "bind.id": "not a uuid" };
    const [difference] = payload(
      { a: { $: "bind.id" } },
      { a: "not a uuid" },
      { "bind.id": symbol("uuid") },
      { known },
    );
    expect(difference).toMatchObject({ kind: "value" });
  });

  it("are distinct from one another, and from what the client chose", () => {
    const ids = { "uuid-1": symbol("uuid"), "uuid-2": symbol("uuid"), runId: symbol("known") };
    const expected = { a: { $: "uuid-1" }, b: { $: "uuid-2" } };
    const [difference] = payload(expected, { a: A, b: A }, ids);
    expect(difference).toMatchObject({ kind: "distinctness", boundAt: "/0/received/0/payload/a", actual: A });
    expect(brief(payload(expected, { a: A, b: B }, ids, { known: { runId: B } }))).toEqual([
      "distinctness semantic /received/0/payload/b",
    ]);
  });

  it("that the server gave the client are distinct too, though only the client is seen to say them", () => {
    const sent = (nonce: string) => ({ sent: { nonce } });
    const recorded = recording(
      [{ sent: { nonce: { $: "nonce:a" } } }, { sent: { nonce: { $: "nonce:b" } } }],
      {
        "nonce:a": symbol("uuid"),
        "nonce:b": symbol("uuid"),
      },
    );
    const known = { "nonce:a": A, "nonce:b": A };
    expect(compare(capture([sent(A), sent(B)]), recorded)).toEqual([]);
    expect(brief(compare(capture([sent(A), sent(A)], { known }), recorded))).toEqual([
      "distinctness semantic /sent/nonce",
    ]);
    const signed = (signature: string) => ({ sent: { params: { device: { signature } } } });
    const twice = recording(
      [signed("s1"), signed("s2")].map(({ sent: { params } }) => ({
        sent: { params: { device: { signature: { $: params.device.signature } } } },
      })),
      { s1: symbol("secret"), s2: symbol("secret") },
    );
    expect(compare(capture([signed("x"), signed("x")]), twice)).toEqual([]);
  });

  it.each<[RecordedSymbol["kind"], Partial<RecordedSymbol>, unknown, unknown]>([
    ["uuid", {}, A, "sess-1"],
    ["epoch-ms", { type: "number" }, START, 1_790_000_000],
    ["iso-time", { shape: "0000-00-00T00:00:00.000Z" }, "2026-11-20T15:59:54.826Z", "2026-11-20T15:59:54Z"],
    ["iso-time", {}, "2026-11-20T15-59-54.826Z", "yesterday"],
    ["hex", { shape: "xxxxxxxx" }, "0123abcd", "0123abcd0"],
    ["hex", { shape: "xxxxxxxx" }, "0123abcd", "0123ABCD"],
    ["counter", { type: "number" }, 0, -1],
    ["counter", { type: "number" }, 7, 7.5],
    ["hostname", {}, "h", ""],
    ["version", {}, "0.1.0", ""],
  ])("of kind %s %j accept %j and not %j", (kind, more, good, bad) => {
    expect(payload({ a: { $: "s" } }, { a: good }, { s: symbol(kind, more) })).toEqual([]);
    expect(brief(payload({ a: { $: "s" } }, { a: bad }, { s: symbol(kind, more) }))).toEqual([
      "value semantic /received/0/payload/a",
    ]);
  });

  it("of live times are readings of this run's clock", () => {
    const at = (offset: number) => brief(payload({ ts: { $: "t" } }, { ts: START + offset }, { t: time }));
    expect(at(-2_000)).toEqual([]);
    expect(at(7_000)).toEqual([]);
    expect(at(-2_001)).toEqual(["value semantic /received/0/payload/ts"]);
    expect(at(7_001)).toEqual(["value semantic /received/0/payload/ts"]);
  });

  it("keep their order", () => {
    const recorded = recording(
      [{ received: [res({ a: { $: "t1" } })] }, { received: [res({ b: { $: "t2" } })] }],
      { t1: time, t2: time },
      [["t1", "t2"]],
    );
    const got = (a: number, b: number) =>
      compare(
        capture([{ received: [res({ a: START + a })] }, { received: [res({ b: START + b })] }]),
        recorded,
      );
    expect(got(5, 5)).toEqual([]);
    expect(got(30, 5)).toEqual([]);
    expect(got(31, 5)).toMatchObject([
      {
        kind: "order",
        level: "semantic",
        step: 1,
        pointer: "/received/0/payload/b",
        boundAt: "/0/received/0/payload/a",
      },
    ]);
  });

  it("of one frame may be a moment apart where they read the clock; across frames only where few captures taught it", () => {
    const live = { ...time, live: true };
    const together = recording([{ received: [res({ a: { $: "t1" }, b: { $: "t1" } })] }], { t1: live });
    const inOne = (b: number) =>
      compare(capture([{ received: [res({ a: START, b: START + b })] }]), together);
    expect(inOne(25)).toEqual([]);
    expect(inOne(26)).toMatchObject([{ kind: "binding", pointer: "/received/0/payload/b" }]);
    const apart = recording(
      [{ received: [res({ a: { $: "t1" } })] }, { received: [res({ b: { $: "t1" } })] }],
      { t1: live },
    );
    const inTwo = (b: number, fewCaptures: boolean) =>
      compare(capture([{ received: [res({ a: START })] }, { received: [res({ b: START + b })] }]), apart, {
        fewCaptures,
      });
    expect(inTwo(1, false)).toMatchObject([{ kind: "binding", step: 1 }]);
    expect(inTwo(25, true)).toEqual([]);
    expect(inTwo(26, true)).toMatchObject([{ kind: "binding", step: 1 }]);
  });

  it("of secrets are never shown", () => {
    const differences = payload(
      { a: { $: "token" }, b: 1 },
      { a: "other", b: "sesame-sesame" },
      { token: symbol("secret") },
      { known: { token: "sesame-sesame" }, secrets: ["token"] },
    );
    expect(differences).toHaveLength(2);
    expect(JSON.stringify(differences)).not.toContain("sesame");
  });
});

describe("requests that go together", () => {
  it("are compared one by one, with what each of them sent", () => {
    const part = (id: string, answer: unknown): RecordedStep => ({
      kind: "call",
      sent: { id: { $: id } },
      received: [{ ...res(answer), id: { $: id } }],
    });
    const recorded = recording(
      [{ kind: "together", parts: [part("id-1", 1), part("id-2", { $: "id-1" })] }],
      {
        "id-1": symbol("known"),
        "id-2": symbol("known"),
      },
    );
    const got = (second: unknown) =>
      compare(
        capture([
          {
            kind: "together",
            parts: [
              { kind: "call", sent: { id: "a" }, received: [{ ...res(1), id: "a" }] },
              { kind: "call", sent: { id: "b" }, received: [{ ...res(second), id: "b" }] },
            ],
          },
        ]),
        recorded,
      );
    expect(got("a")).toEqual([]);
    expect(brief(got("b"))).toEqual(["binding semantic /parts/1/received/0/payload"]);
  });
});

describe("many differences", () => {
  it("are cut, weakest level kept, and the rest is counted", () => {
    const many = Object.fromEntries(
      Array.from({ length: 30 }, (_, n) => [`k${String(n).padStart(2, "0")}`, n]),
    );
    const actual = { ...Object.fromEntries(Object.keys(many).map((key) => [key, -1])), zz: 1 };
    const differences = payload(many, actual);
    expect(differences).toHaveLength(MOST_PER_STEP);
    expect(differences.at(-1)?.kind).toBe("extra");
    expect(differences.at(-1)?.message).toMatch(/\(11 more differences in this step\.\)$/);
    expect(reachedLevel(differences)).toBe("none");
  });
});

describe("the level reached", () => {
  it.each([
    [[], "exact"],
    [["text"], "semantic"],
    [["text", "value"], "shape"],
    [["text", "value", "missing"], "none"],
  ] as const)("with %j is %s", (kinds, level) => {
    expect(reachedLevel(kinds.map((kind) => ({ level: DIFFERENCE_KINDS[kind] })))).toBe(level);
  });
});
