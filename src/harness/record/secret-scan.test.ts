import { describe, expect, it } from "vitest";
import { scanSecrets } from "./secret-scan.ts";

const SECRET = 'se"cret+token/42';

describe("scanSecrets", () => {
  it.each([
    ["plain", SECRET],
    ["in JSON", JSON.stringify({ a: SECRET })],
    ["in a URL", `ws://x/?token=${encodeURIComponent(SECRET)}`],
    ["in base64", Buffer.from(SECRET).toString("base64")],
    ["in base64url", Buffer.from(SECRET).toString("base64url")],
  ])("refuses a secret %s, and does not repeat it", (_, text) => {
    const scan = () => scanSecrets(`first line\n${text}`, ["another-one", SECRET], "recordings/a.json");
    expect(scan).toThrow("recordings/a.json would hold a secret on line 2");
    expect(scan).toThrow(expect.objectContaining({ code: "SECRET_IN_RECORDING", exitCode: 5 }));
    expect(scan).not.toThrow(SECRET);
  });

  it("refuses any private key", () => {
    expect(() => scanSecrets("-----BEGIN PRIVATE KEY-----", [])).toThrow(/would hold a secret/);
  });

  it("lets everything else pass", () => {
    expect(() => scanSecrets('{"token": {"$": "token"}}', [SECRET])).not.toThrow();
  });
});
