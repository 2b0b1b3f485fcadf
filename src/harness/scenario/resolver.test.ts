import { expect, test } from "vitest";
import { createResolver, caseResolver } from "./resolver.ts";
import type { TemplateScope } from "./resolver.ts";
import { render } from "./template.ts";

const scope: TemplateScope = {
  run: "abcd1234",
  now: Date.UTC(2026, 0, 2, 3, 4, 5, 6),
  let: { key: "{{key:a}}", deep: { list: [1, { x: "{{run}}" }] }, loop: "{{let.loop}}", nothing: null },
  case: { field: { name: "label", first: "f {{run}}" }, same: "{{case.field.first}}" },
  place: { token: "secret", port: 18_789, state: "/state" },
  bound: new Map<string, unknown>([
    ["entry", { sessionId: "s", list: [7] }],
    ["none", null],
  ]),
  i: 4,
  deviceId: (name) => `id-of-${name}`,
  deviceToken: (name) => (name === "known" ? "dt" : undefined),
  nonce: (name) => (name === "main" ? "n" : undefined),
};

test.each([
  ["{{run}}", "abcd1234"],
  ["{{key:b}}", "agent:main:lockstep-abcd1234-b"],
  ["{{token}}", "secret"],
  ["{{port}}", 18_789],
  ["{{state}}/x", "/state/x"],
  ["{{now}}", scope.now],
  ["{{now-1h}}", scope.now - 3_600_000],
  ["t={{now+1ms}}", `t=${scope.now + 1}`],
  ["{{clock:now+2h}}", "05:04"],
  ["{{iso:now+1s}}", "2026-01-02T03:04:06.006Z"],
  ["{{let.key}}", "agent:main:lockstep-abcd1234-a"],
  ["{{let.deep.list.1.x}}", "abcd1234"],
  ["{{let.nothing}}", null],
  ["{{case.same}}", "f abcd1234"],
  ["{{bind.entry.list.0}}", 7],
  ["{{bind.none}}", null],
  ["{{i+1}}", 5],
  ["{{nonce}}", "n"],
  ["{{device:phone}}", "id-of-phone"],
  ["{{deviceToken:known}}", "dt"],
  ["{{repeat:ab:3}}", "ababab"],
])("%s", (template, expected) => {
  expect(render(template, createResolver(scope))).toEqual(expected);
});

test.each([
  ["{{let.loop}}", /circle/],
  ["{{let.missing}}", /let.missing is not defined/],
  ["{{case.field.missing}}", /case.field has no missing/],
  ["{{bind.later}}", /not bound yet/],
  ["{{nonce:other}}", /no challenge/],
  ["{{deviceToken:other}}", /no token/],
  ["{{bogus}}", /not a known template/],
])("%s has no value", (template, message) => {
  expect(() => render(template, createResolver(scope))).toThrow(message);
});

test("a target without a state directory has no {{state}}", () => {
  const resolve = createResolver({ ...scope, place: { token: "", port: 1 } });
  expect(() => render("{{state}}", resolve)).toThrow(/target that we launch/);
});

test("what the scope cannot say yet stays", () => {
  const resolve = createResolver({ run: "r", now: 0 });
  const later = ["{{token}}", "{{state}}/x", "{{port}}", "{{bind.a}}", "{{nonce}}", "{{i}}", "{{device:a}}"];
  expect(render(later, resolve)).toEqual(later);
});

test("every time that is used is told, by its name", () => {
  const used: Record<string, number | string> = {};
  const onTime = (name: string, value: number | string): void => {
    used[name] = value;
  };
  render({ a: "{{now-1h}}", b: "x {{iso:now}}", c: "{{run}}" }, createResolver({ ...scope, onTime }));
  expect(used).toEqual({ "now-1h": scope.now - 3_600_000, "iso:now": "2026-01-02T03:04:05.006Z" });
});

test("a plan fills in the case alone, and lets values of a case name each other", () => {
  const values = {
    field: { key: "{{key:a}}", first: "f {{run}}" },
    same: "{{case.field.first}}",
    gone: "{{absent}}",
  };
  const steps = { "{{case.field.key}}": "{{case.same}}", x: "{{case.gone}}", y: "{{run}}" };
  expect(render(steps, caseResolver(values))).toEqual({
    "{{key:a}}": "f {{run}}",
    x: "{{absent}}",
    y: "{{run}}",
  });
  expect(() => render("{{case.a}}", caseResolver({ a: "{{case.b}}", b: "{{case.a}}" }))).toThrow(/circle/);
});
