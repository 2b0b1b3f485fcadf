import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSessionDatabase, type SessionDatabase } from "./sqlite-rows.ts";

let directory: string;
let file: string;
let opened: SessionDatabase[];
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "lockstep-rows-"));
  file = path.join(directory, "sessions.db");
  opened = [];
});
afterEach(() => {
  for (const database of opened) database.close();
  rmSync(directory, { recursive: true, force: true });
});

function open(): SessionDatabase {
  const database = openSessionDatabase(file);
  opened.push(database);
  return database;
}

describe("the rows of a session database", () => {
  it("leave alone what another program put in the place of a session", () => {
    const [ours, theirs] = [open(), open()];
    ours.apply([
      ["a", { n: 1 }],
      ["b", { n: 2 }],
    ]);
    // The last place is taken again by whoever comes next.
    theirs.apply([["b"], ["c", { n: 3 }]]);
    ours.apply([["b", { n: 4 }]]);
    expect(theirs.rows()).toEqual([
      ["a", { n: 1 }],
      ["c", { n: 3 }],
      ["b", { n: 4 }],
    ]);
  });

  it("are changed where they stand, and found again after they went and came back", () => {
    const database = open();
    database.apply([
      ["a", { label: "x" }],
      ["b", { label: "y" }],
    ]);
    database.apply([["a", { label: "z" }]]);
    expect(database.rows()).toEqual([
      ["a", { label: "z" }],
      ["b", { label: "y" }],
    ]);
    database.apply([["a"], ["a", { label: "new" }], ["b", {}], ["a", { label: "newer" }]]);
    expect(database.rows()).toEqual([
      ["b", {}],
      ["a", { label: "newer" }],
    ]);
  });

  it("lose the index of labels that earlier releases kept", () => {
    open().apply([["a", { label: "L" }]]);
    const plain = new Database(file);
    plain.exec("CREATE INDEX sessions_label ON sessions (agent, label)");
    expect(open().rows()).toEqual([["a", { label: "L" }]]);
    const names = plain.prepare("SELECT name FROM sqlite_master WHERE type = 'index'").pluck().all();
    expect(names).not.toContain("sessions_label");
    expect(plain.prepare("SELECT label FROM sessions").pluck().all()).toEqual(["L"]);
    plain.close();
  });
});
