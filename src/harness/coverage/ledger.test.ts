import { describe, expect, it } from "vitest";
import { madeRecording, refused, req, res } from "../../../test/support/made-recordings.ts";
import { EVENTS, METHODS, type MethodContract } from "../../contract/index.ts";
import type { RecordedStep } from "../learn/recording.ts";
import type { FamilyExclusion } from "./exclusions.ts";
import { buildLedger, type Ledger, type LedgerInput } from "./ledger.ts";
import { ANY_REQUEST } from "./subjects.ts";

const OFFERED = Object.entries<MethodContract>(METHODS)
  .filter(([, { advertised, origin }]) => advertised && origin === "openclaw")
  .map(([name]) => name);
const ADVERTISED = { methods: OFFERED, events: Object.keys(EVENTS) };
const EVERYTHING: FamilyExclusion = {
  family: "all",
  why: "not the point here",
  methods: ["connect", ...Object.keys(METHODS)],
  events: Object.keys(EVENTS),
};

const call = (method: string, params: unknown, answer: unknown): Partial<RecordedStep> => ({
  sent: req(method, params),
  received: [answer],
});
const ledger = (steps: readonly Partial<RecordedStep>[], input: Partial<LedgerInput> = {}): Ledger =>
  buildLedger({
    oracle: "openclaw@2026.2.17",
    recordings: [madeRecording("a/b", steps)],
    advertised: ADVERTISED,
    exclusions: [],
    ...input,
  });
const method = (found: Ledger, name: string) => found.methods.find((row) => row.name === name);

describe("buildLedger", () => {
  it("calls a method recorded that was answered ok, and counts where", () => {
    const found = ledger([call("health", { probe: true }, res({ ok: true, ts: 1 }))]);
    expect(method(found, "health")).toMatchObject({
      status: "recorded",
      family: "health",
      advertised: true,
      scenarios: ["a/b"],
      cases: 1,
      params: { total: 1, seen: ["probe"] },
    });
    expect(method(found, "health")?.results.seen).toEqual(["ok", "ts"]);
    expect(found.holes).not.toContain("method health");
  });

  it("calls a hole what was only ever refused, or never asked, unless a reason excuses it", () => {
    const steps = [call("sessions.patch", { key: "" }, refused("key required"))];
    expect(ledger(steps).holes).toEqual(
      expect.arrayContaining(["method sessions.patch", "method status", "event tick"]),
    );
    const excused = ledger(steps, { exclusions: [EVERYTHING] });
    expect(excused.holes).toEqual([]);
    expect(method(excused, "sessions.patch")).toMatchObject({
      status: "excluded",
      why: "not the point here",
      cases: 1,
    });
  });

  it("calls no method recorded of whose answers nothing but the ok was kept", () => {
    const payload = { $any: { type: "object", why: "whether it is served is the point" } };
    const found = ledger([call("health", { probe: true }, res(payload))]);
    expect(method(found, "health")).toMatchObject({ status: "hole", cases: 1, params: { seen: ["probe"] } });
    const nothing = ledger([call("last-heartbeat", {}, res(null))]);
    expect(method(nothing, "last-heartbeat")?.status).toBe("recorded");
  });

  it("keeps params that were sent only in vain apart from those that were accepted", () => {
    const { params, enums, errors } =
      method(
        ledger([
          call("sessions.patch", { key: "a", sendPolicy: "deny" }, res({ ok: true })),
          call(
            "sessions.patch",
            { key: "a", label: "x", sendPolicy: "allow" },
            refused("label already in use: x"),
          ),
          call("sessions.patch", { key: "a", model: "m" }, refused("invalid model: empty")),
          { sent: req("sessions.patch", { execHost: "node" }), received: [] },
        ]),
        "sessions.patch",
      ) ?? {};
    expect(params?.seen).toEqual(["key", "sendPolicy"]);
    expect(params?.onlyRefused).toEqual(["label", "model"]);
    expect(params?.missing).toContain("execHost");
    expect(enums).toMatchObject({ seen: ["sendPolicy=deny"], onlyRefused: ["sendPolicy=allow"] });
    expect(errors?.seen).toEqual(["label already in use: <label>", "invalid model: empty"]);
  });

  it("adds up what recorded methods show, and only those", () => {
    const found = ledger([call("sessions.delete", { key: "a" }, res({ ok: true, key: "a", deleted: true }))]);
    expect(found.totals.params).toEqual({ seen: 1, total: 2, demanded: 1, isMet: false });
    expect(found.totals.results).toMatchObject({ seen: 3, total: 4 });
    const all = ledger([
      call(
        "sessions.delete",
        { key: "a", deleteTranscript: true },
        res({ ok: true, key: "", deleted: true, archived: [] }),
      ),
    ]);
    expect(all.totals.params).toMatchObject({ seen: 2, total: 2, isMet: true });
    expect(all.totals.results.isMet).toBe(true);
  });

  it("counts texts of the handshake and of any request wherever they come", () => {
    const found = ledger([
      call("health", {}, refused("invalid handshake: first request must be connect")),
      call("nope", {}, refused("unknown method: nope")),
    ]);
    expect(method(found, "connect")?.errors.seen).toEqual([
      "invalid handshake: first request must be connect",
    ]);
    expect(method(found, ANY_REQUEST)).toMatchObject({
      status: "recorded",
      cases: 1,
      errors: { seen: ["unknown method: <method>"] },
    });
  });

  it("lists what the oracle names and the contract does not, recorded or not", () => {
    const advertised = {
      methods: [...OFFERED, "tts.status", "tts.new"],
      events: [...ADVERTISED.events, "cron"],
    };
    const steps = [call("tts.status", {}, res({}))];
    const bare = ledger(steps, { advertised });
    expect(bare.holes).toEqual(expect.arrayContaining(["method tts.status", "method tts.new", "event cron"]));
    expect(method(bare, "tts.status")).toMatchObject({ status: "hole", family: "tts", scenarios: ["a/b"] });
    const speech = { family: "speech", why: "needs a voice", methods: ["tts.*"], events: ["cron"] };
    const found = ledger(steps, { advertised, exclusions: [speech] });
    expect(method(found, "tts.new")).toMatchObject({
      status: "excluded",
      family: "speech",
      why: "needs a voice",
    });
    expect(found.needless).toEqual([]);
  });

  it("names reasons that excuse nothing: what is recorded by now, or never was there", () => {
    const exclusions = [
      { family: "x", why: "some reason", methods: ["health", "gone.*", "status"], events: ["tick"] },
    ];
    const tick = { kind: "event", received: [{ type: "event", event: "tick", payload: { ts: 1 } }] };
    const found = ledger([call("health", {}, res({})), tick], { exclusions });
    expect(found.needless).toEqual(["health", "gone.*", "tick"]);
    expect(method(found, "health")?.why).toBeUndefined();
  });

  it("says where contract and oracle name different things", () => {
    const advertised = {
      methods: [...OFFERED.filter((name) => name !== "health"), "sessions.resolve"],
      events: ADVERTISED.events.filter((name) => name !== "tick"),
    };
    expect(ledger([], { advertised }).disagreements).toEqual([
      expect.stringContaining("does not name the method health"),
      expect.stringContaining("names the method sessions.resolve"),
      expect.stringContaining("does not name the event tick"),
    ]);
    expect(ledger([]).disagreements).toEqual([]);
  });

  it("leaves open what is not known when nobody asked the oracle", () => {
    const found = ledger([], { advertised: undefined, exclusions: [EVERYTHING] });
    expect(found).toMatchObject({ isComplete: false, needless: [], disagreements: [] });
    expect(method(found, "health")).not.toHaveProperty("advertised");
    expect(ledger([]).isComplete).toBe(true);
  });

  it("asks no oracle for Lockstep's own methods", () => {
    expect(method(ledger([]), "sessions.history")).toMatchObject({ status: "own" });
    expect(ledger([]).holes).not.toContain("method sessions.history");
  });

  it("tells of events which members of their payload were seen", () => {
    const shutdown = {
      kind: "quiet",
      received: [{ type: "event", event: "shutdown", payload: { reason: "r" } }],
    };
    const row = ledger([shutdown]).events.find(({ name }) => name === "shutdown");
    expect(row).toMatchObject({
      status: "recorded",
      cases: 1,
      payload: { seen: ["reason"], missing: ["restartExpectedMs"] },
    });
  });
});
