import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { METHODS, METHOD_NAMES } from "../../contract/index.ts";
import { createGuard, HeldBack } from "./guard.ts";
import { Pace } from "./pace.ts";
import type { SharedUse } from "./types.ts";

const ID = "abcde000";
const OWN = `agent:main:lockstep-${ID}-a`;

function useWith(permission: { writes: boolean; negative: boolean }): SharedUse {
  return { ...permission, run: "abcde", pace: new Pace(Infinity), log: { wrote: false, cases: 0 } };
}

/** What left, of the messages offered one after the other. */
async function passed(
  use: SharedUse,
  messages: readonly (string | Uint8Array)[],
): Promise<(string | Uint8Array)[]> {
  const guard = createGuard(use, { id: ID, devices: new Set(["ours"]) });
  const left: (string | Uint8Array)[] = [];
  for (const message of messages) {
    try {
      await guard(message);
      left.push(message);
    } catch (error) {
      if (!(error instanceof HeldBack)) throw error;
    }
  }
  return left;
}

const req = (method: string, params?: unknown): string =>
  JSON.stringify({ type: "req", id: "1", method, params });

const key = fc.oneof(
  fc.constantFrom(
    OWN,
    "main",
    "global",
    "unknown",
    "agent:main:main",
    ` ${OWN}`,
    `${OWN}:x`,
    "agent:ops:lockstep-abcde000-a",
  ),
  fc.constantFrom(
    "agent:main:lockstep-abcde000-",
    "agent:main:lockstep-abcde001-a",
    "agent:main:lockstep-zzzzz000-a",
  ),
  fc.constantFrom(`${OWN}/../main`, OWN.toUpperCase(), "", null, 5, [OWN], { key: OWN }),
  fc.string(),
);
const method = fc.oneof(
  fc.constantFrom(...METHOD_NAMES),
  fc.constantFrom("config.set", "update.run", "constructor", "Sessions.Delete", "sessions.delete "),
  fc.string(),
);
const params = fc.oneof(
  fc.record(
    { key, sessionKey: key, label: fc.oneof(fc.string(), fc.constant(`x ${ID}`)) },
    { requiredKeys: [] },
  ),
  fc.record(
    {
      key: fc.constant(OWN),
      sessionKey: fc.constant(OWN),
      message: fc.constantFrom("hi", "/reset", " !ls"),
      deliver: fc.boolean(),
      sessionId: fc.constant("foreign"),
    },
    { requiredKeys: ["key", "sessionKey"] },
  ),
  fc.jsonValue(),
);
const envelope = fc.record(
  {
    type: fc.constantFrom("req", "res", "x"),
    id: fc.oneof(fc.constant("1"), fc.integer()),
    method,
    params,
    extra: fc.jsonValue(),
  },
  { requiredKeys: ["method"] },
);
const message = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(method, params).map(([name, of]) => req(name, of)) },
  envelope.map((frame) => JSON.stringify(frame)),
  fc.array(envelope, { maxLength: 3 }).map((frames) => JSON.stringify(frames)),
  envelope.map((frame) => JSON.stringify(frame).slice(0, -1)),
  envelope.map(
    (frame) => `${JSON.stringify(frame).slice(0, -1)},"method":"sessions.delete","params":{"key":"main"}}`,
  ),
  fc.string(),
);

/** An independent reading of what a lenient server might take a message for. */
function requests(text: string): { method: unknown; params: Record<string, unknown> }[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return /method/i.test(text) ? [{ method: "unreadable", params: {} }] : [];
  }
  return (Array.isArray(value) ? value : [value]).flatMap((item: unknown) => {
    if (typeof item !== "object" || item === null || !("method" in item)) return [];
    const of = "params" in item ? item.params : undefined;
    return [
      {
        method: item.method,
        params: (typeof of === "object" && of !== null ? of : {}) as Record<string, unknown>,
      },
    ];
  });
}

const SESSION_WRITERS = new Map<unknown, string>(
  Object.entries({
    "sessions.patch": "key",
    "sessions.reset": "key",
    "sessions.delete": "key",
    "sessions.compact": "key",
    "sessions.send": "key",
    "chat.send": "sessionKey",
    "chat.abort": "sessionKey",
    "chat.inject": "sessionKey",
    agent: "sessionKey",
  }),
);

const NEVER = new Set<unknown>(["wake", "set-heartbeats", "config.set", "update.run", "unreadable"]);

/** What is wrong with a request that left. */
function offencesOf(permission: { readonly writes: boolean }) {
  return ({ method: name, params: of }: ReturnType<typeof requests>[number]): string[] => {
    const member = SESSION_WRITERS.get(name);
    if (member === undefined) return NEVER.has(name) ? [`${String(name)} left`] : [];
    const label = typeof of["label"] === "string" ? of["label"].trim() : "";
    const key = of[member];
    return [
      ...(permission.writes ? [] : ["a write left"]),
      ...(typeof key === "string" && /^agent:main:lockstep-abcde000-[a-z0-9][\w.-]*$/i.test(key)
        ? []
        : ["a foreign key left"]),
      ...(label === "" || label.includes(ID) ? [] : ["a foreign label left"]),
      ...((of["deliver"] ?? false) === false ? [] : ["a delivery left"]),
      ...(of["sessionId"] === undefined ? [] : ["a session's id left"]),
    ];
  };
}

describe("what leaves for an endpoint that others use too", () => {
  it("knows every method of the contract that changes a session", () => {
    const changing = METHOD_NAMES.filter((name) => METHODS[name].effect.changes === "session");
    expect(new Set(changing)).toEqual(new Set(SESSION_WRITERS.keys()));
  });

  it.each([
    { writes: false, negative: false },
    { writes: true, negative: false },
    { writes: false, negative: true },
    { writes: true, negative: true },
  ])("never names a session of somebody else's, nor changes what all share: %o", async (permission) => {
    await fc.assert(
      fc.asyncProperty(fc.array(message, { maxLength: 20 }), async (messages) => {
        const left = await passed(useWith(permission), messages);
        expect(left.flatMap((text) => requests(String(text)).flatMap(offencesOf(permission)))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it("is what works on the case's own sessions, when that is allowed", async () => {
    const use = useWith({ writes: true, negative: false });
    const messages = [
      req("sessions.patch", { key: OWN, label: `ops ${ID}` }),
      req("chat.send", { sessionKey: OWN, message: "hello" }),
      req("sessions.resolve", { key: OWN }),
      req("sessions.list", {}),
      req("connect", { device: { id: "ours" } }),
    ];
    expect(await passed(use, messages)).toEqual(messages);
    expect(use.log.wrote).toBe(true);
  });

  it("is only what reads, unless more is allowed", async () => {
    const use = useWith({ writes: false, negative: false });
    const reads = [
      req("sessions.list"),
      req("sessions.usage", {}),
      req("health"),
      req("sessions.resolve", { label: "x" }),
    ];
    const others = [
      req("sessions.patch", { key: OWN }),
      req("sessions.resolve", { key: "main" }),
      req("health", { probe: true }),
      req("usage.status"),
      req("connect", { device: { id: "another" } }),
      req("chat.send", { sessionKey: OWN, message: "/restart" }),
      "not json",
      req("sessions.list", { search: "x".repeat(300_000) }),
      Buffer.from("{}"),
    ];
    expect(await passed(use, [...reads, ...others])).toEqual(reads);
    expect(use.log.wrote).toBe(false);
  });

  it("waits its turn, and no longer than the run goes on", async () => {
    const use = { ...useWith({ writes: false, negative: false }), pace: new Pace(0.001) };
    const stop = new AbortController();
    const guard = createGuard(use, { id: ID, devices: new Set() }, stop.signal);
    await guard(req("health"));
    const second = guard(req("health"));
    stop.abort();
    await expect(second).rejects.toMatchObject({ name: "AbortError" });
  });
});
