import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sameJson } from "../learn/json-tree.ts";
import { alter } from "./alter.ts";
import { alterationsOf } from "./operators.ts";
import { placesOf, sortOfPlace } from "./places.ts";

describe("alter", () => {
  it.each([
    ["replaces a member", { a: { b: 1 } }, "/a/b", { value: 2 }, { a: { b: 2 } }],
    ["puts null where null is meant", { a: 1 }, "/a", { value: null }, { a: null }],
    ["leaves a member out", { a: 1, b: 2 }, "/a", "absent", { b: 2 }],
    ["leaves an element out", { a: [1, 2, 3] }, "/a/1", "absent", { a: [1, 3] }],
    ["replaces an element", [[1], [2]], "/1/0", { value: 5 }, [[1], [5]]],
    ["adds a member", { a: {} }, "/a/b", { value: 1 }, { a: { b: 1 } }],
    ["reads escaped names", { "a/b": { "~": 1 } }, "/a~1b/~0", { value: 2 }, { "a/b": { "~": 2 } }],
    ["replaces the whole", 1, "", { value: 2 }, 2],
  ] as const)("%s", (_name, value, pointer, to, expected) => {
    expect(alter(value, pointer, to)).toEqual(expected);
  });

  it("keeps a member of any name apart from the prototype", () => {
    const value = JSON.parse('{"__proto__":1,"constructor":2}') as unknown;
    expect(JSON.stringify(alter(value, "/constructor", { value: 3 }))).toBe(
      '{"__proto__":1,"constructor":3}',
    );
  });

  it("never changes what it is given, and every alteration of any place says something else", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (json) => {
        const value = JSON.parse(JSON.stringify(json)) as unknown;
        const before = JSON.stringify(value);
        const altered = [...placesOf(value)]
          .filter(({ pointer }) => pointer !== "")
          .flatMap((place) =>
            alterationsOf(place.value, []).map(({ to }) => alter(value, place.pointer, to)),
          );
        expect(altered.filter((one) => sameJson(one, value))).toEqual([]);
        expect(JSON.stringify(value)).toBe(before);
      }),
    );
  });
});

it("tells the sort of a place from its position in lists", () => {
  expect(sortOfPlace("/payload/sessions/12/0/key")).toBe("/payload/sessions/*/*/key");
  expect(sortOfPlace("/payload/2026")).toBe("/payload/*");
});

describe("alterationsOf", () => {
  const changed = (value: unknown, ids: readonly string[] = []) =>
    alterationsOf(value, ids).flatMap(({ operator, to }) =>
      to !== "absent" && (operator === "change" || operator === "swap") ? [to.value] : [],
    );

  it.each([
    ["main", "main~"],
    [3, 4],
    [true, false],
    [1_771_400_000_000, 1_771_486_400_000],
    ["2026-02-18T08:00:00.000Z", "2026-02-19T08:00:00.000Z"],
    ["00000000-0000-4000-8000-00000000000f", "77777777-7777-b777-f777-777777777776"],
  ])("keeps the form of %j", (before, after) => {
    expect(changed(before)).toEqual([after]);
  });

  it("puts another id of the run in an id's place", () => {
    const [a, b] = ["00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"] as const;
    expect(changed(a, [a, b])).toContain(b);
    expect(changed("main", [a, b])).toEqual(["main~"]);
  });
});
