import { describe, expect, it } from "vitest";
import type { WireMessage } from "../../wire/index.ts";
import { ArrivalLog, Tamperer } from "./arrivals.ts";

const message = (value: unknown): WireMessage => ({
  index: 0,
  at: 0,
  text: JSON.stringify(value),
  binary: false,
  isJson: true,
  value,
});
const tick = (seq: number) => ({ type: "event", event: "tick", seq });
const answer = { type: "res", id: "1", ok: true };

describe("ArrivalLog", () => {
  it("names each message by connection, kind and count", () => {
    const log = new ArrivalLog();
    log.connection("main");
    for (const value of [tick(1), answer, tick(2)]) log.onMessage("main", message(value));
    log.connection("main");
    log.onMessage("main", message(tick(3)));
    expect(log.arrivals.map(({ address }) => `${address.opened} ${address.kind} ${address.ordinal}`)).toEqual(
      ["0 tick 0", "0 res 0", "0 tick 1", "1 tick 0"],
    );
    expect(log.arrivals.map(({ hasSeq }) => hasSeq)).toEqual([true, false, true, true]);
  });
});

describe("Tamperer", () => {
  const second = { connection: "main", opened: 0, kind: "tick", ordinal: 1 };
  const read = (tamperer: Tamperer, values: readonly unknown[]) => {
    const tampering = tamperer.connection("main");
    return values
      .flatMap((value) => tampering.message(JSON.stringify(value)))
      .map((text) => JSON.parse(text) as unknown);
  };

  it("touches the message that is meant and no other", () => {
    const tamperer = new Tamperer({ steps: [] }, second, { message: () => ({ instead: [] }) });
    expect(read(tamperer, [tick(1), answer, tick(2), tick(3)])).toEqual([tick(1), answer, tick(3)]);
    expect(tamperer.applied).toBe(true);
  });

  it("lets the next message go first", () => {
    const tamperer = new Tamperer({ steps: [] }, second, { message: () => "hold" });
    expect(read(tamperer, [tick(1), tick(2), tick(3)])).toEqual([tick(1), tick(3), tick(2)]);
  });

  it("says that it never came to it", () => {
    const tamperer = new Tamperer(
      { steps: [] },
      { ...second, opened: 1 },
      { message: () => ({ instead: [] }) },
    );
    expect(read(tamperer, [tick(1), tick(2)])).toEqual([tick(1), tick(2)]);
    expect(tamperer.applied).toBe(false);
  });

  it("ends a run at a deadline that never passed on the oracle", () => {
    const late = { kind: "call" as const, received: [] as unknown[], timedOut: true };
    const tamperer = new Tamperer({ steps: [late, { kind: "call", received: [] }] }, second, {
      message: () => ({ instead: [] }),
    });
    expect(tamperer.isSettled(late, 0)).toBe(false);
    expect(tamperer.isSettled(late, 1)).toBe(true);
    expect(tamperer.isSettled({ kind: "together", received: [], parts: [late] }, 1)).toBe(true);
    expect(tamperer.isSettled({ kind: "call", received: [] }, 1)).toBe(false);
    const waits = {
      kind: "together" as const,
      received: [],
      parts: [late, { kind: "call" as const, received: [] }],
    };
    const among = new Tamperer({ steps: [waits] }, second, { message: () => ({ instead: [] }) });
    expect(among.isSettled(waits, 0)).toBe(false);
    expect(among.isSettled({ ...waits, parts: [late, late] }, 0)).toBe(true);
  });

  it("changes how a connection ends", () => {
    const close = { code: 4000, reason: "altered" };
    const tamperer = new Tamperer({ steps: [] }, undefined, {
      message: (value) => ({ instead: [value] }),
      close: () => close,
    });
    expect(tamperer.connection("main").close({ code: 1008, reason: "" })).toEqual(close);
    expect(tamperer.applied).toBe(true);
  });
});
