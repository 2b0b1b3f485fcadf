import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { exclusionsFile, meansName } from "./exclusions.ts";

describe("meansName", () => {
  it("takes a name for itself and a prefix for everything below it", () => {
    expect(meansName("tts.*", "tts.status")).toBe(true);
    expect(meansName("tts.*", "ttsx.status")).toBe(false);
    expect(meansName("tts.*", "tts")).toBe(false);
    expect(meansName("cron", "cron")).toBe(true);
    expect(meansName("cron", "cron.list")).toBe(false);
  });
});

describe("exclusionsFile", () => {
  const entry = { family: "speech", why: "needs a microphone", methods: ["tts.*"] };

  it("takes the project's own file", () => {
    const text = readFileSync(new URL("../../../conformance/exclusions.yaml", import.meta.url), "utf8");
    expect(exclusionsFile.parse(parse(text)).exclusions.length).toBeGreaterThan(0);
  });

  it.each([
    ["no reason", { ...entry, why: "" }],
    ["nothing to excuse", { family: "speech", why: entry.why }],
    ["a pattern that means everything", { ...entry, methods: ["*"] }],
    ["a star inside a name", { ...entry, methods: ["tts.*.get"] }],
    ["an unknown member", { ...entry, until: "2027-01-01" }],
  ])("refuses %s", (_, wrong) => {
    expect(exclusionsFile.safeParse({ exclusions: [wrong] }).success).toBe(false);
    expect(exclusionsFile.safeParse({ exclusions: [entry] }).success).toBe(true);
  });
});
