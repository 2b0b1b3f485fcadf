import { expect, test } from "vitest";
import { cutLong, SENT_LIMIT } from "./cut-long.ts";
import { KnownValues } from "./known-values.ts";
import { createRunId } from "./run-id.ts";

test("a name keeps its first value; another value gets a number", () => {
  const known = new KnownValues();
  known.add("nonce:main", "a");
  known.add("nonce:main", "a");
  known.add("nonce:main", "b");
  known.add("nonce:main", "c");
  expect(known.snapshot()).toEqual({
    known: { "nonce:main": "a", "nonce:main#2": "b", "nonce:main#3": "c" },
    secrets: [],
  });
});

test("secrets are listed by name; texts too short to search for are left out", () => {
  const known = new KnownValues();
  known.add("token", "0123456789", true);
  known.add("token", "9876543210", true);
  known.add("password", "pw", true);
  expect(known.snapshot()).toEqual({
    known: { token: "0123456789", "token#2": "9876543210" },
    secrets: ["token", "token#2"],
  });
});

test("a run id is eight lower-case letters and digits, a letter first, and fresh each time", () => {
  const ids = Array.from({ length: 200 }, createRunId);
  for (const id of ids) expect(id).toMatch(/^[a-z][a-z0-9]{7}$/);
  expect(new Set(ids).size).toBe(ids.length);
});

test("long texts are cut anywhere, and nothing else is touched", () => {
  const long = "x".repeat(SENT_LIMIT + 1);
  const value = { a: [null, 1, "short", long], b: { c: "y".repeat(SENT_LIMIT) } };
  const cut = cutLong(value);
  expect(cut).toEqual({
    a: [null, 1, "short", `${"x".repeat(SENT_LIMIT)}... (${SENT_LIMIT + 1} in all)`],
    b: { c: "y".repeat(SENT_LIMIT) },
  });
});
