import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FullDisk } from "../../../test/support/full-disk.ts";
import { JsonFileStore } from "./json-file-store.ts";
import { SqliteStore } from "./sqlite-store.ts";
import type { SessionStore } from "./types.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "lockstep-full-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const now = () => 0;
const all = (store: SessionStore) => [...store.view().entries()];

describe.each([
  { name: "written as a whole", journalFromBytes: Number.MAX_SAFE_INTEGER },
  { name: "with a journal", journalFromBytes: 0 },
])("a JSON file $name on a disk that is full", ({ journalFromBytes }) => {
  const open = (disk: FullDisk, place = directory) =>
    new JsonFileStore({ path: path.join(place, "sessions.json"), now, journalFromBytes, disk });

  it("refuses in plain words, goes on reading, and writes again when there is room", async () => {
    const disk = new FullDisk();
    const store = open(disk);
    await store.update((draft) => draft.set("a", { n: 1 }));
    await store.update((draft) => draft.set("b", { n: 1 }));
    for (const room of [0, 1, 40]) {
      disk.room = room;
      const refused = store.update((draft) => draft.set("c", { text: "x".repeat(100) }));
      await expect(refused).rejects.toThrow(/sessions\.json cannot be written \(ENOSPC: the disk is full\)/);
      expect(all(store).map(([key]) => key)).toEqual(["a", "b"]);
    }
    disk.room = Number.POSITIVE_INFINITY;
    await store.update((draft) => draft.set("d", {}));
    await store.close();
    expect(readdirSync(directory)).toEqual(["sessions.json"]);
    expect(all(open(disk)).map(([key]) => key)).toEqual(["a", "b", "d"]);
  });

  it("says so when the file system has become read-only", async () => {
    const disk = new FullDisk();
    const store = open(disk);
    await store.update((draft) => draft.set("a", {}));
    await store.close();
    const again = open(disk);
    disk.readOnly = true;
    await expect(again.update((draft) => draft.set("b", {}))).rejects.toThrow(
      /EROFS: the file system is read-only/,
    );
    expect(all(again)).toEqual([["a", {}]]);
  });

  it("holds exactly what was acknowledged, whatever the disk takes and when the process ends", async () => {
    const step = fc.record({
      key: fc.constantFrom("a", "b", "c"),
      size: fc.integer({ min: 0, max: 300 }),
      room: fc.option(fc.integer({ min: 0, max: 600 }), { nil: Number.POSITIVE_INFINITY }),
      reopen: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 10 }), async (steps) => {
        let place = mkdtempSync(path.join(directory, "run-"));
        const disk = new FullDisk();
        let store = open(disk, place);
        const model = new Map<string, unknown>();
        for (const { key, size, room, reopen } of steps) {
          disk.room = room;
          const value = { text: "x".repeat(size) };
          const acknowledged = await store
            .update((draft) => draft.set(key, value))
            .then(
              () => true,
              () => false,
            );
          if (acknowledged) model.set(key, value);
          // What a process that is killed now leaves; its own store goes on elsewhere.
          if (reopen) {
            const left = mkdtempSync(path.join(directory, "left-"));
            cpSync(place, left, { recursive: true });
            await store.close();
            place = left;
            store = open(disk, place);
          }
          expect(new Map(all(store))).toEqual(model);
        }
        disk.room = Number.POSITIVE_INFINITY;
        await store.close();
        expect(new Map(all(open(disk, place)))).toEqual(model);
      }),
      { numRuns: 60 },
    );
  });
});

describe("a fold that finds no room", () => {
  it("is put off, and the journal goes on taking changes", async () => {
    const disk = new FullDisk();
    const options = { path: path.join(directory, "sessions.json"), journalFromBytes: 0, disk };
    let at = 0;
    const store = new JsonFileStore({ ...options, now: () => at });
    await store.update((draft) => draft.set("big", { text: "x".repeat(5000) }));
    await store.update((draft) => draft.set("a", {}));
    at = 60_000;
    disk.roomPerFile = 1000;
    await store.update((draft) => draft.set("b", {}));
    expect(readdirSync(directory).sort()).toEqual(["sessions.json", "sessions.json.journal"]);
    disk.roomPerFile = Number.POSITIVE_INFINITY;
    await store.close();
    expect(readdirSync(directory)).toEqual(["sessions.json"]);
    expect(all(new JsonFileStore({ ...options, now })).map(([key]) => key)).toEqual(["big", "a", "b"]);
  });
});

describe("a database that may not grow", () => {
  it("refuses in plain words, goes on reading, and takes what needs no more room", async () => {
    const open = (maxPages?: number) =>
      new SqliteStore({ path: path.join(directory, "sessions.db"), now, maxPages });
    const store = open(40);
    const outcomes = new Map<string, string>();
    for (let n = 0; n < 100; n += 1) {
      const update = store.update((draft) => draft.set(`k${n}`, { text: "x".repeat(500) }));
      outcomes.set(`k${n}`, await update.then(() => "", String));
    }
    const acknowledged = [...outcomes.keys()].filter((key) => outcomes.get(key) === "");
    const refusal = [...outcomes.values()].find((outcome) => outcome !== "");
    expect(refusal).toMatch(/sessions\.db cannot be written \(SQLITE_FULL: the disk is full\)/);
    expect(acknowledged.length).toBeGreaterThan(5);
    expect(all(store).map(([key]) => key)).toEqual(acknowledged);
    await store.update((draft) => draft.set("k0", { text: "short" }));
    await store.close();
    const bigger = open();
    expect(all(bigger).map(([key]) => key)).toEqual(acknowledged);
    await bigger.update((draft) => draft.set("more", { text: "x".repeat(500) }));
    await bigger.close();
  });
});
