import { describe, expect, test } from "vitest";
import { isOriginAllowed } from "./origin.ts";

const HOST = "127.0.0.1:18789";

describe("isOriginAllowed", () => {
  test.each([
    ["http://localhost:5173", HOST],
    ["http://127.0.0.1", HOST],
    ["http://127.1", "localhost:18789"],
    ["http://[::1]:1", "[::1]:18789"],
    ["https://gateway.example", "gateway.example"],
  ])("%s may talk to %s", (origin, host) => expect(isOriginAllowed(origin, host, [])).toBe(true));

  test.each([
    ["http://127.0.0.1.example.com", HOST],
    ["https://127.example.com", HOST],
    ["http://localhost", "127.0.0.1.example.com:18789"],
    ["http://localhost.example.com", HOST],
    ["null", HOST],
    [undefined, HOST],
  ])("%s may not talk to %s", (origin, host) => expect(isOriginAllowed(origin, host, [])).toBe(false));

  test("one that is allowed by name may, from wherever it comes", () => {
    expect(isOriginAllowed("https://Desk.example", HOST, [" https://desk.example "])).toBe(true);
  });
});
