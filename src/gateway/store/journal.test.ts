import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { journalLine, parseJournal, replayJournal } from "./journal-text.ts";
import { FullDisk } from "../../../test/support/full-disk.ts";
import { Journal } from "./journal.ts";
import { SessionTable } from "./session-table.ts";
import { JsonFileStore, type JsonFileStoreOptions } from "./json-file-store.ts";

let directory: string;
let file: string;
let journal: string;
let opened: JsonFileStore[];
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "lockstep-journal-"));
  file = path.join(directory, "sessions.json");
  journal = `${file}.journal`;
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map((store) => store.close()));
  rmSync(directory, { recursive: true, force: true });
});

const start = (more: Partial<JsonFileStoreOptions> = {}) => {
  const store = new JsonFileStore({ path: file, now: () => 0, journalFromBytes: 0, ...more });
  opened.push(store);
  return store;
};
const onDisk = () => JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
/** What a killed gateway leaves: a file, and a journal with two change sets. */
async function leaveJournal(): Promise<string> {
  const store = start();
  await store.update((draft) => draft.set("base", { updatedAt: 5 }));
  await store.update((draft) => draft.set("a", { updatedAt: 10, n: null }));
  await store.update((draft) => draft.delete("base"));
  const [base, left] = [readFileSync(file, "utf8"), readFileSync(journal, "utf8")];
  await store.close();
  writeFileSync(file, base);
  writeFileSync(journal, left);
  return left;
}

describe("the journal beside a sessions.json", () => {
  it("takes a change that leaves the file alone, and is folded into it at the close", async () => {
    const store = start();
    await store.update((draft) => draft.set("a", { n: 1 }));
    const { ino } = statSync(file);
    await store.update((draft) => draft.set("b", { n: 2 }));
    expect(statSync(file).ino).toBe(ino);
    expect(readFileSync(journal, "utf8")).toContain('["b",{"n":2}]');
    expect(statSync(journal).mode & 0o777).toBe(0o600);
    await store.close();
    expect(readdirSync(directory)).toEqual(["sessions.json"]);
    expect(onDisk()).toEqual({ a: { n: 1 }, b: { n: 2 } });
  });

  it("grows by the change alone, however many sessions there are", async () => {
    const grown = async (sessions: number): Promise<number> => {
      const store = start();
      await store.update((draft) => {
        for (let n = 0; n < sessions; n += 1) draft.set(`k${n}`, { n: 1 });
      });
      await store.update((draft) => draft.set("k1", { n: 2 }));
      const before = statSync(journal).size;
      await store.update((draft) => draft.set("k1", { n: 3 }));
      const after = statSync(journal).size;
      await store.close();
      return after - before;
    };
    expect(await grown(2000)).toBe(await grown(10));
  });

  it("is folded when the store is quiet", async () => {
    const store = start();
    await store.update((draft) => draft.set("a", {}));
    await store.update((draft) => draft.set("b", {}));
    await expect.poll(() => existsSync(journal)).toBe(false);
    expect(Object.keys(onDisk())).toEqual(["a", "b"]);
  });

  it("is folded when it has become old, however busy the store is", async () => {
    let now = 0;
    const store = start({ now: () => now });
    await store.update((draft) => draft.set("a", {}));
    await store.update((draft) => draft.set("b", {}));
    now = 60_000;
    await store.update((draft) => draft.set("c", {}));
    expect(existsSync(journal)).toBe(false);
    expect(Object.keys(onDisk())).toEqual(["a", "b", "c"]);
  });

  it("is replayed at the start and folded, without a last line that was cut off", async () => {
    await leaveJournal();
    appendFileSync(journal, journalLine({ at: 0, ops: [["lost", {}]] }).slice(0, -9));
    const store = start();
    expect([...store.view().entries()]).toEqual([["a", { updatedAt: 10, n: null }]]);
    await store.close();
    expect(readdirSync(directory)).toEqual(["sessions.json"]);
    expect(onDisk()).toEqual({ a: { updatedAt: 10, n: null } });
  });

  it("changes nothing when it is replayed over what it was folded into", async () => {
    await leaveJournal();
    writeFileSync(file, JSON.stringify({ a: { updatedAt: 10, n: null } }));
    expect([...start().view().entries()]).toEqual([["a", { updatedAt: 10, n: null }]]);
  });

  it("leaves what somebody else wrote later to the file it did not start from", async () => {
    await leaveJournal();
    writeFileSync(file, JSON.stringify({ a: { updatedAt: 20 }, base: { updatedAt: 30 }, x: {} }));
    const store = start();
    expect([...store.view().entries()]).toEqual([
      ["a", { updatedAt: 20 }],
      ["base", { updatedAt: 30 }],
      ["x", {}],
    ]);
  });

  it("is set aside when it is damaged in the middle, and writes are refused until the loss is accepted", async () => {
    const left = await leaveJournal();
    const damaged = left.replace('"updatedAt":10', '"updatedAt":11');
    writeFileSync(journal, damaged);
    const store = start();
    expect(store.view().size).toBe(0);
    const aside = "sessions.json.journal.corrupt-1970-01-01T00-00-00.000Z";
    expect(readFileSync(path.join(directory, aside), "utf8")).toBe(damaged);
    await expect(start().update(() => undefined)).rejects.toThrow(/journal .* was corrupt and is kept as/);
    expect(onDisk()).toEqual({ base: { updatedAt: 5 } });
    const accepting = start({ acceptLoss: true });
    await accepting.update((draft) => draft.set("b", {}));
    await accepting.close();
    expect(Object.keys(onDisk())).toEqual(["base", "b"]);
  });

  it("sees what others write into the file while a journal waits", async () => {
    const store = start();
    await store.update((draft) => draft.set("a", { updatedAt: 1 }));
    await store.update((draft) => draft.set("b", { updatedAt: 1 }));
    writeFileSync(file, '{"a":{"updatedAt":2},"x":{}}');
    expect([...store.view().entries()].map(([key]) => key)).toEqual(["a", "x", "b"]);
    await store.close();
    expect(onDisk()).toEqual({ a: { updatedAt: 2 }, x: {}, b: { updatedAt: 1 } });
  });
});

describe("Journal", () => {
  it("goes on behind a line that found no room, as if it had never been tried", async () => {
    const disk = new FullDisk();
    const written = await Journal.begin(file, "base", 0, disk);
    await written.append([["a", 1]], 1);
    disk.room = 20;
    await expect(written.append([["lost", 1]], 2)).rejects.toThrow(/ENOSPC/);
    disk.room = Number.POSITIVE_INFINITY;
    await written.append([["b", 2]], 3);
    await written.close();
    expect(parseJournal(readFileSync(journal, "utf8"))).toEqual({
      lines: [{ base: "base" }, { at: 1, ops: [["a", 1]] }, { at: 3, ops: [["b", 2]] }],
      defect: undefined,
    });
  });

  it("is not done over again when the file holds it already, whatever the clock did", () => {
    const lines = [
      { base: "before" },
      { at: 1, ops: [["a", { updatedAt: 20 }]] as const },
      { at: 2, ops: [["a", { updatedAt: 10 }]] as const },
      { folded: "after" },
    ];
    const table = new SessionTable();
    table.set("a", { updatedAt: 10 });
    expect(replayJournal(table, lines, "after")).toBe(true);
    expect(table.get("a")).toEqual({ updatedAt: 10 });
    const other = new SessionTable();
    replayJournal(other, [...lines, { at: 3, ops: [["b", {}]] }], "before");
    expect([...other.entries()].map(([key]) => key)).toEqual(["a", "b"]);
  });
});

describe("parseJournal", () => {
  const lines = [{ base: null }, { at: 1, ops: [["k", null]] as const }, { at: 2, ops: [["k"]] as const }];
  const text = lines.map(journalLine).join("");

  it("reads what was written, and every cut of it as a part from its start", () => {
    expect(parseJournal(text)).toEqual({ lines, defect: undefined });
    for (let length = 0; length < text.length; length += 1) {
      const { lines: read, defect } = parseJournal(text.slice(0, length));
      expect(defect).toBeUndefined();
      expect(read).toEqual(lines.slice(0, read.length));
    }
  });

  it("says which line is damaged when others follow it", () => {
    expect(parseJournal(text.replace('"at":1', '"at":9')).defect).toBe(2);
  });
});
