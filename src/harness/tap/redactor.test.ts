import { describe, expect, it } from "vitest";
import { isPlaceholder, Redactor } from "./redactor.ts";

describe("Redactor", () => {
  it("gives the same secret the same placeholder, wherever it stands", () => {
    const redactor = new Redactor();
    const connect = redactor.json({
      auth: { token: "hunter2-hunter2" },
      device: { signature: "sig-sig-sig" },
    });
    expect(connect).toEqual({ auth: { token: "<secret:1>" }, device: { signature: "<secret:2>" } });
    expect(redactor.json({ text: "my token is hunter2-hunter2!", deviceToken: "hunter2-hunter2" })).toEqual({
      text: "my token is <secret:1>!",
      deviceToken: "<secret:1>",
    });
    expect(redactor.count).toBe(2);
  });

  it("hides a secret in members that come before it in the same frame, and in keys", () => {
    const shown = new Redactor().json({ a: "x-topsecret-x", "topsecret is a key": 1, password: "topsecret" });
    expect(JSON.stringify(shown)).not.toContain("topsecret");
  });

  it("hides short secrets where they stand, and nowhere else", () => {
    expect(new Redactor().json({ token: "abc", text: "abcdef" })).toEqual({
      token: "<secret:1>",
      text: "abcdef",
    });
  });

  it("leaves what is hidden already", () => {
    const value = { token: "__OPENCLAW_REDACTED__", apiKey: "***" };
    expect(new Redactor().json(value)).toEqual(value);
  });

  it("reads paths, headers, bytes and broken JSON too", () => {
    const redactor = new Redactor(["pin"], ["known-before"]);
    expect(redactor.path("/ui?token=abc%20def&x=1")).toBe("/ui?token=<secret:2>&x=1");
    expect(redactor.header("authorization", "Bearer abc def")).toBe("Bearer <secret:2>");
    expect(redactor.text('{"token":"abc def", "pin": "0000"')).toBe(
      '{"token":"<secret:2>", "pin": "<secret:3>"',
    );
    expect(redactor.bytes(Buffer.from("..known-before.."))).toBe("<secret:1>");
    expect(redactor.bytes(Buffer.from([1, 2]))).toBe("AQI=");
  });

  it("knows its placeholders", () => {
    expect([isPlaceholder("<secret:12>"), isPlaceholder("<secret:>"), isPlaceholder(3)]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
