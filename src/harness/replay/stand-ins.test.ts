import { createPublicKey, verify } from "node:crypto";
import { describe, expect, it } from "vitest";
import { deviceSignaturePayload } from "../../contract/index.ts";
import { createDevice } from "../../wire/index.ts";
import type { JsonObject } from "../learn/json-tree.ts";
import { StandIns } from "./stand-ins.ts";
import type { Exchange } from "./timeline.ts";

const A = "0f8fad5b-d9cb-469f-a165-70867728950e";
const B = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
const C = "5e0f4c2a-6d0b-4d5e-8f2c-0b9a3c1d7e6f";
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const device = (id: string, nonce?: string) => ({
  id,
  publicKey: "theirs",
  signature: "theirs",
  signedAt: 1,
  ...(nonce === undefined ? {} : { nonce }),
});
const connect = (params: JsonObject, answer: JsonObject): Exchange => ({
  connection: 1,
  frame: { type: "req", id: "1", method: "connect", params },
  method: "connect",
  answers: [answer],
});
const OK = { type: "res", id: "1", ok: true, payload: {} };
const NO = { type: "res", id: "1", ok: false };

describe("what a client made up", () => {
  it("is made up anew, the same for the same, wherever it stands", () => {
    const standIns = new StandIns([], "T");
    const sent = standIns.value({ id: A, list: [`run ${A}`, B], [B]: true, n: 7, none: null }) as {
      id: string;
      list: string[];
    };
    expect(sent.id).toMatch(UUID);
    expect([A, B]).not.toContain(sent.id);
    const other = sent.list[1] ?? "";
    expect(other).not.toBe(sent.id);
    expect(sent).toEqual({ id: sent.id, list: [`run ${sent.id}`, other], [other]: true, n: 7, none: null });
    expect(standIns.text(A)).toBe(sent.id);
  });

  it("stays where it means what it says: words, times, numbers in hex", () => {
    const standIns = new StandIns([], "T");
    for (const text of ["agent:main:main", "2026-02-17T08:00:00.000Z", "1771315200000", "deadbeef01"]) {
      expect(standIns.text(text)).toBe(text);
    }
  });
});

describe("what the gateway gave", () => {
  it("is what the target gives in its place, inside texts and lists too", () => {
    const standIns = new StandIns([], "T");
    const hex = ["0123456789abcdef", "fedcba9876543210"] as const;
    standIns.noteAnswer(
      { entry: { id: A, file: `/x/${B}.jsonl` }, list: [{ hash: hex[0] }, 1], gone: A, n: 1 },
      { entry: { id: B, file: `/other/${C}.jsonl` }, list: [{ hash: hex[1] }], n: "1" },
    );
    expect(standIns.value([A, B, hex[0]])).toEqual([B, C, hex[1]]);
  });

  it("is not taken from what is of another form, or not there", () => {
    const standIns = new StandIns([], "T");
    standIns.noteAnswer({ id: A }, { id: "none" });
    standIns.noteAnswer({ id: A }, { id: "0123456789abcdef" });
    standIns.noteAnswer({ id: A }, { other: B });
    standIns.noteAnswer([A], { 0: B });
    standIns.noteAnswer(undefined, { id: B });
    expect(standIns.text(A)).toMatch(UUID);
    expect([A, B]).not.toContain(standIns.text(A));
  });

  it("keeps the first that stood for it", () => {
    const standIns = new StandIns([], "T");
    const own = standIns.text(A);
    standIns.noteAnswer({ id: A }, { id: B });
    expect(standIns.text(A)).toBe(own);
    standIns.noteAnswer({ id: C }, { id: B });
    standIns.noteAnswer({ id: C }, { id: A });
    expect(standIns.text(C)).toBe(B);
  });
});

describe("a connect", () => {
  const params = (more: JsonObject): JsonObject => ({
    minProtocol: 3,
    client: { id: "cli", mode: "cli" },
    role: "operator",
    scopes: ["operator.read", "operator.write"],
    ...more,
  });

  /** Whether the device that is sent signed what is sent. */
  function isSigned(sent: JsonObject, nonce: string | undefined): boolean {
    const { id, publicKey, signature, signedAt } = sent["device"] as Record<string, string> & {
      signedAt: number;
    };
    const auth = sent["auth"] as { token?: string } | undefined;
    const payload = deviceSignaturePayload({
      deviceId: id ?? "",
      clientId: "cli",
      clientMode: "cli",
      role: "operator",
      scopes: ["operator.read", "operator.write"],
      signedAt,
      token: auth?.token ?? "",
      nonce,
    });
    const key = createPublicKey({
      key: { kty: "OKP", crv: "Ed25519", x: publicKey ?? "" },
      format: "jwk",
    });
    return verify(null, Buffer.from(payload), key, Buffer.from(signature ?? "", "base64url"));
  }

  it("comes from a device of ours, signed over this connection's nonce", () => {
    const standIns = new StandIns([], "T");
    const captured = params({ device: device("d1", "old"), auth: { token: "<secret:1>" } });
    const sent = standIns.connectParams(captured, "fresh", 5);
    expect(sent).toMatchObject({ minProtocol: 3, device: { nonce: "fresh", signedAt: 5 } });
    expect(JSON.stringify(sent)).not.toContain("theirs");
    expect(isSigned(sent, "fresh")).toBe(true);
    expect(isSigned(sent, "other")).toBe(false);
  });

  it("is signed without a nonce where the client's was", () => {
    const sent = new StandIns([], "T").connectParams(params({ device: device("d1") }), "fresh", 5);
    expect(sent["device"]).not.toHaveProperty("nonce");
    expect(isSigned(sent, undefined)).toBe(true);
  });

  it("comes from the same device for the same, from another for another, from none for none", () => {
    const standIns = new StandIns([], "T");
    const idOf = (id: string) =>
      (standIns.connectParams(params({ device: device(id) }), "n", 5)["device"] as { id: string }).id;
    expect(idOf("d1")).toBe(idOf("d1"));
    expect(idOf("d1")).not.toBe(idOf("d2"));
    expect(standIns.connectParams(params({}), "n", 5)).not.toHaveProperty("device");
  });

  it("comes from the device that the target knows, for all of them, and names it later", () => {
    const own = createDevice();
    const standIns = new StandIns([], "T", own);
    const hex = "0123456789abcdef".repeat(4);
    for (const id of [hex, "d2"]) {
      expect(standIns.connectParams(params({ device: device(id) }), "n", 5)).toMatchObject({
        device: { id: own.id },
      });
    }
    expect(standIns.value({ deviceId: hex })).toEqual({ deviceId: own.id });
  });

  const exchanges = [
    connect(params({ auth: { token: "<secret:1>" }, device: device("d1") }), {
      ...OK,
      payload: { auth: { deviceToken: "<secret:3>" } },
    }),
    connect(params({ auth: { password: "<secret:4>" } }), OK),
    connect(params({ auth: { token: "<secret:2>" } }), NO),
  ];
  it.each([
    ["a token that worked", { token: "<secret:1>" }, { token: "T" }],
    ["a password that worked", { password: "<secret:4>" }, { token: "T" }],
    ["a token that did not", { token: "<secret:2>" }, { token: "not-the-token" }],
    ["a token in the clear", { token: "plain" }, { token: "T" }],
    ["an empty token", { token: "" }, {}],
    ["no token", {}, {}],
    ["a device token that the target did not give", { token: "<secret:3>" }, { token: "not-the-token" }],
  ])("shows, for %s, what does the same here", (_, auth, sent) => {
    expect(new StandIns(exchanges, "T").connectParams(params({ auth }), "n", 5)["auth"]).toEqual(sent);
  });

  it("shows the device token that the target gave for the one that the gateway gave", () => {
    const standIns = new StandIns(exchanges, "T");
    standIns.noteHello(exchanges[0]?.frame ?? {}, { payload: { auth: { deviceToken: "given-here" } } });
    expect(standIns.connectParams(params({ auth: { token: "<secret:3>" } }), "n", 5)["auth"]).toEqual({
      token: "given-here",
    });
    // Of a refusal, or a client without a device, nothing is kept.
    standIns.noteHello(exchanges[0]?.frame ?? {}, NO);
    standIns.noteHello({}, { payload: { auth: { deviceToken: "stray" } } });
    expect(standIns.connectParams(params({ auth: { token: "<secret:3>" } }), "n", 5)["auth"]).toEqual({
      token: "given-here",
    });
  });

  it("shows nothing to a target that takes no token, and nothing where the client did not", () => {
    expect(
      new StandIns(exchanges, "").connectParams(params({ auth: { token: "<secret:1>" } }), "n", 5)["auth"],
    ).toEqual({});
    expect(new StandIns(exchanges, "T").connectParams(params({}), "n", 5)).not.toHaveProperty("auth");
  });
});
