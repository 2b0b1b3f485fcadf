import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockState } from "../state-lock.ts";
import { journalLine } from "./journal-text.ts";
import { migrateStore } from "./migrate.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "lockstep-migrate-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const at = (name: string) => path.join(directory, name);
const text = (name: string) => readFileSync(at(name), "utf8");
const move = (from: string, to: string, apply = true) => migrateStore({ from: at(from), to: at(to), apply });
const refused = (message: RegExp) =>
  expect.objectContaining({ code: "MIGRATION_REFUSED", message: expect.stringMatching(message) });

describe("migrateStore", () => {
  it("writes nothing unless told to", async () => {
    writeFileSync(at("a.json"), '{"k":{}}');
    expect(await move("a.json", "b.db", false)).toEqual({ sessions: 1, applied: false });
    expect(readdirSync(directory)).toEqual(["a.json"]);
  });

  it("brings every store there and back, byte for byte, old member names included", async () => {
    const fixed = { "__proto__ ": { room: "#r", n: null, big: 1e21 }, z: 7, a: null, "": "half \ud800" };
    const made = fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue(), { maxKeys: 8 });
    await fc.assert(
      fc.asyncProperty(made, async (sessions) => {
        for (const name of readdirSync(directory)) rmSync(at(name));
        const before = JSON.stringify(sessions, null, 2);
        writeFileSync(at("a.json"), before);
        const count = Object.keys(sessions).length;
        expect(await move("a.json", "b.sqlite")).toEqual({ sessions: count, applied: true });
        await move("b.sqlite", "c.json");
        expect(text("c.json")).toBe(JSON.stringify(JSON.parse(before), null, 2));
        expect(text("a.json")).toBe(before);
        expect(readdirSync(directory)).toEqual(["a.json", "b.sqlite", "c.json"]);
      }),
      { numRuns: 40, examples: [[fixed]] },
    );
  });

  it("takes what is in a journal along", async () => {
    writeFileSync(at("a.json"), "{}");
    writeFileSync(
      at("a.json.journal"),
      journalLine({ base: null }) + journalLine({ at: 0, ops: [["k", 1]] }),
    );
    await move("a.json", "b.db");
    await move("b.db", "c.json");
    expect(text("c.json")).toBe('{\n  "k": 1\n}');
  });

  it("refuses what would lose something", async () => {
    writeFileSync(at("a.json"), "{}");
    writeFileSync(at("bad.json"), "{ not json");
    writeFileSync(at("bad.db"), "no database ".repeat(500));
    await expect(move("a.json", "bad.json")).rejects.toEqual(refused(/is there already/));
    await expect(move("a.json", "a.json")).rejects.toEqual(refused(/the same file/));
    await expect(move("none.json", "b.db")).rejects.toEqual(refused(/there is no store/));
    await expect(move("bad.json", "b.db")).rejects.toEqual(refused(/cannot be read/));
    await expect(move("bad.db", "b.json")).rejects.toEqual(refused(/cannot be read/));
    const release = lockState(directory);
    await expect(move("a.json", "b.db")).rejects.toEqual(refused(/is running on/));
    release();
    expect(existsSync(at("b.db"))).toBe(false);
    expect(text("bad.json")).toBe("{ not json");
  });
});
