import { describe, expect, it } from "vitest";
import { captureOf, type Plan } from "../../../test/support/fake-captures.ts";
import { learn, type RecordedCase } from "../learn/index.ts";
import { movesOf } from "./moves.ts";

const object = (members: Record<string, Plan>): Plan => ({ is: "object", members: Object.entries(members) });
const literal = (value: string | number | null): Plan => ({ is: "literal", value });
const uuid = (id: number): Plan => ({ is: "uuid", id });

function recorded(payload: Plan): RecordedCase {
  const learned = learn([1, 2, 3].map((run) => captureOf([payload], run)));
  if (!learned.ok) throw new Error("unstable");
  return learned.recorded;
}

const moves = (before: Plan, after: Plan) =>
  movesOf("", recorded(before), recorded(after)).map(({ case: name, step, ...rest }) => {
    expect([name, step]).toEqual(["", 0]);
    return rest;
  });

describe("movesOf", () => {
  it("finds nothing where nothing moved", () => {
    const plan = object({ a: literal(1), b: uuid(1), c: { is: "map", members: [[1, uuid(2)]] } });
    expect(moves(plan, plan)).toEqual([]);
  });

  it("names what came, went and changed", () => {
    const before = object({ a: literal(1), gone: literal(null) });
    const after = object({ a: literal(2), more: object({ x: literal("y") }) });
    expect(moves(before, after)).toEqual([
      { pointer: "/received/0/payload/a", before: 1, after: 2 },
      { pointer: "/received/0/payload/gone", before: null },
      { pointer: "/received/0/payload/more/x", after: "y" },
    ]);
  });

  it("does not take another name of a symbol for a move", () => {
    // The new member comes first and takes the name uuid-1.
    const before = object({ b: uuid(1), c: uuid(1) });
    const after = object({ a: uuid(2), b: uuid(1), c: uuid(1) });
    expect(moves(before, after)).toEqual([{ pointer: "/received/0/payload/a", after: "<uuid-1, new>" }]);
  });

  it("sees a symbol that is no longer the same as another", () => {
    const before = object({ b: uuid(1), c: uuid(1) });
    const after = object({ b: uuid(1), c: uuid(2) });
    expect(moves(before, after)).toEqual([
      { pointer: "/received/0/payload/c", before: "<uuid-1>", after: "<uuid-2>" },
    ]);
  });

  it("sees a symbol that is another kind of value now, and says so once", () => {
    const before = object({ b: uuid(1), c: uuid(1) });
    const after = object({ b: { is: "time", id: 1 }, c: { is: "time", id: 1 } });
    expect(moves(before, after)).toEqual([
      { pointer: "/symbols/uuid-1", before: "uuid string", after: "epoch-ms number live" },
    ]);
  });

  it("sees a literal that became volatile", () => {
    expect(moves(object({ b: literal("x") }), object({ b: uuid(1) }))).toEqual([
      { pointer: "/received/0/payload/b", before: "x", after: "<uuid-1>" },
    ]);
  });
});
