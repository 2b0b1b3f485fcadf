import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { captureOf, payloadsArbitrary, placesOf, type Plan } from "../../../test/support/fake-captures.ts";
import { learn } from "../learn/index.ts";
import type { RecordedCase } from "../learn/index.ts";
import { compare } from "./index.ts";

const RUNS = [1, 2, 3, 4, 5];

function recordingOf(payloads: readonly Plan[], runs: readonly number[] = RUNS): RecordedCase {
  const learned = learn(runs.map((run) => captureOf(payloads, run)));
  if (!learned.ok) throw new Error(JSON.stringify(learned.unstable));
  return learned.recorded;
}

const kindsOf = (payloads: readonly Plan[], recorded: RecordedCase, run = 6) =>
  compare(captureOf(payloads, run), recorded).map(({ kind }) => kind);

const another = (value: unknown): string | number | boolean => {
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return value + 1;
  return typeof value === "string" ? `${value}!` : "not null";
};

describe("learn and compare together", () => {
  it("find no difference in any capture that was learned from", () => {
    fc.assert(
      fc.property(payloadsArbitrary, (payloads) => {
        const recorded = recordingOf(payloads);
        for (const run of RUNS) expect(compare(captureOf(payloads, run), recorded)).toEqual([]);
      }),
    );
  });

  it("find no difference when every volatile value has another value, consistently", () => {
    fc.assert(
      fc.property(payloadsArbitrary, fc.integer({ min: 6, max: 10_000 }), (payloads, run) => {
        expect(compare(captureOf(payloads, run), recordingOf(payloads))).toEqual([]);
      }),
    );
  });

  it("survive a recording's way through JSON", () => {
    fc.assert(
      fc.property(payloadsArbitrary, (payloads) => {
        const recorded = JSON.parse(JSON.stringify(recordingOf(payloads))) as RecordedCase;
        expect(compare(captureOf(payloads, 6), recorded)).toEqual([]);
      }),
    );
  });

  it("catch any change of any literal", () => {
    fc.assert(
      fc.property(payloadsArbitrary, fc.nat(), (payloads, pick) => {
        const places = placesOf(payloads, ({ is }) => is === "literal");
        const place = places[pick % Math.max(places.length, 1)];
        fc.pre(place !== undefined);
        if (place?.plan.is !== "literal") return;
        const changed = place.replace({ is: "literal", value: another(place.plan.value) });
        expect(kindsOf(changed, recordingOf(payloads))).not.toEqual([]);
      }),
    );
  });

  it("catch any member or element that goes or comes", () => {
    fc.assert(
      fc.property(payloadsArbitrary, fc.nat(), (payloads, pick) => {
        const places = placesOf(payloads, ({ is }) => is === "object" || is === "array");
        const place = places[pick % Math.max(places.length, 1)];
        fc.pre(place !== undefined);
        if (place === undefined) return;
        const extra: Plan = { is: "literal", value: 1 };
        const { plan } = place;
        const more: Plan =
          plan.is === "array"
            ? { is: "array", items: [...plan.items, extra] }
            : { is: "object", members: [...(plan.is === "object" ? plan.members : []), ["one more", extra]] };
        const [less, full] = [payloads, place.replace(more)];
        const kind = plan.is === "array" ? "count" : "extra";
        expect(kindsOf(full, recordingOf(less))).toContain(kind);
        expect(kindsOf(less, recordingOf(full))).toContain(kind === "extra" ? "missing" : "count");
      }),
    );
  });

  it("catch an id that stands where another belongs", () => {
    fc.assert(
      fc.property(payloadsArbitrary, fc.nat(), fc.integer({ min: 0, max: 12 }), (payloads, pick, id) => {
        // Two more answers name every id, so that each of them is bound by the end.
        const all: Plan = {
          is: "array",
          items: Array.from({ length: 13 }, (_, each): Plan => ({ is: "uuid", id: each })),
        };
        const plan = [...payloads, all];
        const places = placesOf(plan, (each) => each.is === "uuid" && each.id !== id);
        const place = places[pick % Math.max(places.length, 1)];
        if (place === undefined) return;
        const kinds = kindsOf(place.replace({ is: "uuid", id }), recordingOf(plan));
        expect(kinds.some((kind) => kind === "binding" || kind === "distinctness")).toBe(true);
      }),
    );
  });

  it("catch two ids that are swapped in one answer of several", () => {
    const pair = (a: number, b: number): Plan => ({
      is: "array",
      items: [
        { is: "uuid", id: a },
        { is: "uuid", id: b },
      ],
    });
    const recorded = recordingOf([pair(1, 2), pair(1, 2)]);
    expect(kindsOf([pair(1, 2), pair(2, 1)], recorded)).toEqual(["binding", "binding"]);
    // Swapped everywhere is another name for the same thing.
    expect(kindsOf([pair(2, 1), pair(2, 1)], recorded)).toEqual([]);
  });
});

describe("learn", () => {
  it("does not mind the order of the captures", () => {
    fc.assert(
      fc.property(
        payloadsArbitrary,
        fc.shuffledSubarray(RUNS, { minLength: RUNS.length }),
        (payloads, order) => {
          expect(recordingOf(payloads, order)).toEqual(recordingOf(payloads));
        },
      ),
    );
  });
});
