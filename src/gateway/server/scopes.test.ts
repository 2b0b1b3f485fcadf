import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { METHOD_NAMES } from "../../contract/index.ts";
import { dispatch } from "../methods/dispatch.ts";
import { success, type MethodCaller, type MethodHandler } from "../methods/types.ts";
import { refuseMethod } from "./scopes.ts";

const operator = (...scopes: string[]): MethodCaller => ({ connId: "c", role: "operator", scopes });
const node: MethodCaller = { connId: "n", role: "node", scopes: ["operator.admin"] };

describe("refuseMethod", () => {
  test.each([
    ["health", "operator.read"],
    ["sessions.list", "operator.read"],
    ["sessions.preview", "operator.read"],
    ["status", "operator.read"],
    ["usage.cost", "operator.read"],
    ["chat.history", "operator.read"],
    ["config.get", "operator.read"],
    ["chat.send", "operator.write"],
    ["exec.approval.resolve", "operator.approvals"],
    ["device.pair.list", "operator.pairing"],
    ["node.rename", "operator.pairing"],
    ["sessions.resolve", "operator.admin"],
    ["sessions.patch", "operator.admin"],
    ["sessions.usage", "operator.admin"],
    ["chat.inject", "operator.admin"],
    ["exec.approvals.get", "operator.admin"],
    ["config.set", "operator.admin"],
    ["connect", "operator.admin"],
    ["nope", "operator.admin"],
    ["constructor", "operator.admin"],
  ])("%s needs %s", (method, scope) => {
    expect(refuseMethod(method, operator())).toBe(`missing scope: ${scope}`);
    expect(refuseMethod(method, operator(scope))).toBeUndefined();
    expect(refuseMethod(method, operator("operator.admin"))).toBeUndefined();
    expect(refuseMethod(method, node)).toBe("unauthorized role: node");
  });

  test("write includes read, not the other way round", () => {
    expect(refuseMethod("health", operator("operator.write"))).toBeUndefined();
    expect(refuseMethod("chat.send", operator("operator.read"))).toBe("missing scope: operator.write");
  });

  test.each(["node.invoke.result", "node.event", "skills.bins"])("%s is for nodes alone", (method) => {
    expect(refuseMethod(method, node)).toBeUndefined();
    expect(refuseMethod(method, operator("operator.admin"))).toBe("unauthorized role: operator");
  });

  test("a scope that is no scope opens nothing", () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.constantFrom(...METHOD_NAMES), (scopes, method) => {
        const invented = scopes.map((scope) => `x${scope}`);
        expect(refuseMethod(method, operator(...invented))).toMatch(/^missing scope: operator\./);
      }),
    );
  });
});

describe("dispatch", () => {
  const admin = operator("operator.admin");
  const ask = (handler: MethodHandler, method = "own.method", params?: unknown) =>
    dispatch(new Map([[method, handler]]), { type: "req", id: "1", method, params }, admin);

  test("what a handler throws becomes UNAVAILABLE, with name, message and code, cut at 240", async () => {
    const throwing = (thrown: unknown) => ask(() => Promise.reject(thrown));
    const unavailable = (message: string) => ({ ok: false, error: { code: "UNAVAILABLE", message } });
    expect(await throwing(new TypeError("broken"))).toEqual(unavailable("TypeError: broken"));
    expect(await throwing("text")).toEqual(unavailable("text"));
    expect(await throwing({ message: " m ", code: 7 })).toEqual(unavailable("m: code=7"));
    expect(await throwing(undefined)).toMatchObject({ error: { code: "UNAVAILABLE" } });
    expect(await throwing(new Error("x".repeat(300)))).toEqual(unavailable(`Error: ${"x".repeat(233)}...`));
  });

  test("authorisation comes before existence, and both before params", async () => {
    const request = { type: "req", id: "1", method: "sessions.list", params: 5 } as const;
    const message = (outcome: unknown) => (outcome as { error: { message: string } }).error.message;
    expect(message(await dispatch(new Map(), request, operator()))).toBe("missing scope: operator.read");
    expect(message(await dispatch(new Map(), request, admin))).toBe("unknown method: sessions.list");
    const methods = new Map([["sessions.list", () => success(1)]]);
    expect(message(await dispatch(methods, request, admin))).toBe(
      "invalid sessions.list params: must be object",
    );
  });

  test("no params are an empty object; others come as they are", async () => {
    const echo: MethodHandler = (params) => success(params);
    expect(await ask(echo)).toEqual(success({}));
    expect(await ask(echo, "own.method", null)).toEqual(success({}));
    expect(await ask(echo, "own.method", [1])).toEqual(success([1]));
  });
});
