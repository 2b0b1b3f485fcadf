import { describe, expect, it } from "vitest";
import { bindingDifference, caseResult, failing } from "../../../test/support/outcomes.ts";
import { findCommonCauses } from "./common-cause.ts";
import { diagnoseProbe, toDiagnoses } from "./diagnose.ts";
import type { Probe } from "./probe.ts";

const challenge = {
  type: "event",
  event: "connect.challenge",
  payload: { nonce: "n", ts: 1_771_315_200_000 },
};
const hello = {
  type: "hello-ok",
  protocol: 3,
  features: { methods: ["health"], events: [] },
};
const connect = (frame?: unknown, rest: object = {}) => ({
  id: "c1",
  method: "connect",
  received: frame === undefined ? [] : [frame],
  ...rest,
});
const right = { type: "res", id: "c1", ok: true, payload: hello };
const health = { id: "h1", method: "health", received: [{ type: "res", id: "h1", ok: true, payload: {} }] };
const refusal = (error: unknown) =>
  connect({ type: "res", id: "c1", ok: false, error }, { close: { code: 1008, reason: "no" } });

const diagnose = (probe: Partial<Probe>, tokenGiven = true) =>
  diagnoseProbe({ opened: [challenge], ...probe }, { tokenGiven });

describe("diagnoseProbe", () => {
  it("finds nothing wrong with the protocol itself", () => {
    expect(diagnose({ connect: connect(right), health })).toEqual([]);
  });

  it.each([
    ["F1 response type", connect({ ...right, type: "resp" }), /have type "resp"; the protocol's is "res"/],
    ["F1 no type", connect({ id: "c1", ok: true, payload: hello }), /have no "type"/],
    [
      "F2 result",
      connect({ type: "res", id: "c1", ok: true, result: hello }),
      /"result"; the protocol's carry "payload"/,
    ],
    ["F3 another id", connect({ ...right, id: "x9" }), /don't carry the id of their request/],
    ["F3 no id", connect({ type: "res", ok: true, payload: hello }), /have no id/],
    ["F3 the method", connect({ ...right, id: "connect" }), /method's name as their id/],
    ["no ok", connect({ type: "res", id: "c1", payload: hello }), /no boolean "ok"/],
    ["F7 hello as a frame", connect({ type: "hello-ok", protocol: 3 }), /hello-ok as a frame of its own/],
    [
      "F7 hello as an event",
      connect({ type: "event", event: "hello", payload: {} }),
      /hello-ok as a frame of its own/,
    ],
    ["JSON-RPC", connect({ jsonrpc: "2.0", id: "c1", result: {} }), /you answer in JSON-RPC/],
    [
      "wrong token",
      refusal({ code: "INVALID_REQUEST", message: "unauthorized: gateway token mismatch" }),
      /refuses the token/,
    ],
    ["not paired", refusal({ code: "NOT_PAIRED", message: "pairing required" }), /wants this device paired/],
    [
      "F8 protocol",
      refusal({ code: "INVALID_REQUEST", message: "protocol mismatch" }),
      /does not speak protocol 3/,
    ],
    ["another refusal", refusal({ code: "INVALID_REQUEST", message: "go away" }), /refuses a connect/],
    ["silence", connect(undefined, { timedOut: true }), /never answers connect/],
    [
      "closed",
      connect(undefined, { close: { code: 1006, reason: "" } }),
      /closes \(1006\) instead of answering/,
    ],
  ])("%s: one finding, and no case can pass", (_name, exchange, title) => {
    const findings = diagnose({ connect: exchange });
    expect(findings.map((found) => found.title)).toEqual([expect.stringMatching(title)]);
    expect(findings[0]?.fatal).toBe(true);
  });

  it("says all that is wrong with an envelope, each once", () => {
    const titles = diagnose({
      connect: connect({ type: "resp", id: "connect", ok: true, result: hello }),
    }).map((found) => found.title);
    expect(titles).toHaveLength(3);
    expect(new Set(titles).size).toBe(3);
  });

  it.each([
    ["F4 numbers", { code: 400, message: "no" }, /error codes are numbers \(400\)/],
    ["F4 lower case", { code: "invalid_request", message: "no" }, /in lower case \("invalid_request"\)/],
    ["errors as texts", "no", /errors are texts/],
  ])("%s: the run goes on, since success can still be judged", (_name, error, title) => {
    const answer = { type: "res", id: "h1", ok: false, error };
    const findings = diagnose({ connect: connect(right), health: { ...health, received: [answer] } });
    expect(findings).toEqual([
      expect.objectContaining({ title: expect.stringMatching(title) as string, fatal: false }),
    ]);
  });

  it("F5: no challenge is fatal only when it keeps us from connecting", () => {
    const title = expect.stringMatching(/no connect.challenge first/) as string;
    expect(diagnose({ opened: [], connect: connect(right), health })).toEqual([
      expect.objectContaining({ title, fatal: false }),
    ]);
    expect(
      diagnose({ opened: [{ type: "hello" }], connect: connect(undefined, { timedOut: true }) })[0],
    ).toMatchObject({
      title,
      fatal: true,
    });
  });

  it("F6: times in seconds", () => {
    const opened = [{ ...challenge, payload: { nonce: "n", ts: 1_771_315_200 } }];
    expect(diagnose({ opened, connect: connect(right), health })).toEqual([
      expect.objectContaining({ title: expect.stringMatching(/in seconds/) as string, fatal: false }),
    ]);
  });

  it.each([
    ["F7 no methods", { ...hello, features: { streaming: true } }, /lists no features.methods/],
    ["F8 protocol", { ...hello, protocol: 1 }, /says protocol 1; this is protocol 3/],
    ["another payload", { ...hello, type: "hello" }, /is no hello-ok/],
  ])("%s in hello-ok", (_name, payload, title) => {
    const findings = diagnose({ connect: connect({ ...right, payload }), health });
    expect(findings.map((found) => found.title)).toEqual([expect.stringMatching(title)]);
  });

  it("advises on the token by whether one was given", () => {
    const exchange = refusal({ code: "INVALID_REQUEST", message: "unauthorized: gateway token missing" });
    expect(diagnose({ connect: exchange }, false)[0]?.detail).toContain("--token");
    expect(diagnose({ connect: exchange }, true)[0]?.detail).not.toContain("--token");
  });

  it("sees that connections come without scopes", () => {
    const answer = {
      type: "res",
      id: "h1",
      ok: false,
      error: { code: "INVALID_REQUEST", message: "missing scope: operator.read" },
    };
    expect(diagnose({ connect: connect(right), health: { ...health, received: [answer] } })).toEqual([
      expect.objectContaining({ title: expect.stringMatching(/without scopes/) as string, fatal: true }),
    ]);
  });
});

describe("toDiagnoses", () => {
  it("counts the failing cases whose differences lie where the finding says", () => {
    const elsewhere = caseResult({
      id: "a/b",
      status: "fail",
      reached: "none",
      differences: [bindingDifference],
    });
    const finding = { title: "t", detail: "d", fatal: false, explains: /\/error\/message$/ };
    expect(toDiagnoses([finding], [failing, elsewhere])).toEqual([{ title: "t", detail: "d", explains: 1 }]);
    expect(toDiagnoses([{ ...finding, fatal: true }], [failing, elsewhere])[0]?.explains).toBe(2);
  });
});

describe("findCommonCauses", () => {
  const differing = (count: number, pointer: (index: number) => string) =>
    Array.from({ length: count }, (_, index) =>
      caseResult({
        id: `a/b[${index}]`,
        status: "fail",
        reached: "none",
        differences: [{ ...bindingDifference, kind: "missing", pointer: pointer(index) }],
      }),
    );

  it("says once what many cases share, whatever the frame's index", () => {
    expect(findCommonCauses(differing(9, (index) => `/received/${index}/payload/path`))).toEqual([
      {
        title: "/received/*/payload/path is missing",
        detail: "9 of 9 failing cases have this difference",
        explains: 9,
      },
    ]);
  });

  it("names the methods that are not served, once, and apart from what else is wrong", () => {
    const unserved = ["sessions.patch", "sessions.delete", "sessions.patch"].map((method, index) =>
      caseResult({
        id: `c/d[${index}]`,
        status: "fail",
        reached: "none",
        differences: [{ ...bindingDifference, kind: "value", message: `got "unknown method: ${method}".` }],
      }),
    );
    const cases = [...unserved, ...differing(9, () => "/received/0/payload/path")];
    expect(findCommonCauses(cases)).toMatchObject([
      { title: "2 methods that scenarios call are not served: sessions.delete, sessions.patch", explains: 3 },
      { title: "/received/*/payload/path is missing", explains: 9 },
    ]);
    expect(findCommonCauses(unserved.slice(1, 2))).toMatchObject([
      { title: "a method that scenarios call is not served: sessions.delete" },
    ]);
  });

  it("keeps quiet about what few share", () => {
    expect(findCommonCauses(differing(7, () => "/received/0/payload/path"))).toEqual([]);
    expect(findCommonCauses(differing(40, (index) => `/received/0/payload/m${index % 8}`))).toEqual([]);
  });
});
