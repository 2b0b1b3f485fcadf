import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { JsonRecord } from "../sessions/json.ts";
import { currentBranch, type EntryDraft, parseTranscript } from "./tree.ts";
import { BoundedCache } from "./bounded-cache.ts";
import { FullDisk } from "../../../test/support/full-disk.ts";
import {
  type AppendPoint,
  TranscriptMissingError,
  TranscriptUnwritableError,
  TranscriptWriter,
} from "./writer.ts";

let directory: string;
let file: string;
let writer: TranscriptWriter;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "lockstep-writer-"));
  file = path.join(directory, "a", "s.jsonl");
  writer = new TranscriptWriter();
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const made = { sessionId: "s", cwd: "/w", mode: 0o600 };
const said = (text: string): EntryDraft => ({
  type: "message",
  at: 1000,
  message: { role: "user", content: text },
});
const lines = async (): Promise<JsonRecord[]> =>
  (await readFile(file, "utf8"))
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as JsonRecord);

describe("append", () => {
  it("remembers where so many transcripts end, and looks at the others again", async () => {
    const points = new BoundedCache<AppendPoint>(2, 1_000);
    const bounded = new TranscriptWriter(undefined, points);
    for (const text of ["1", "2", "3"]) {
      for (const name of ["a", "b", "c", "d"])
        await bounded.append(path.join(directory, `${name}.jsonl`), [said(text)], made);
      expect(points.size).toBe(2);
    }
    file = path.join(directory, "a.jsonl");
    const [, first, second, third] = await lines();
    expect([second?.["parentId"], third?.["parentId"]]).toEqual([first?.["id"], second?.["id"]]);
  });

  it("makes a transcript with a header, and never without being told to", async () => {
    await expect(writer.append(file, [said("x")])).rejects.toThrow(TranscriptMissingError);
    await writer.append(file, [said("x")], made);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const timestamp = "1970-01-01T00:00:01.000Z";
    expect(await lines()).toEqual([
      { type: "session", version: 3, id: "s", timestamp, cwd: "/w" },
      {
        type: "message",
        id: expect.stringMatching(/^[0-9a-f]{8}$/),
        parentId: null,
        timestamp,
        message: { role: "user", content: "x" },
      },
    ]);
  });

  it("chains what many append at once, and what others appended in between", async () => {
    await writer.append(file, [said("0")], made);
    await Promise.all(["1", "2", "3"].map((text) => writer.append(file, [said(text), said(`${text}b`)])));
    await appendFile(file, `${JSON.stringify({ type: "message", id: "foreign1", parentId: "x" })}\n`);
    await new TranscriptWriter().append(file, [said("4")]);
    await writer.append(file, [said("5")]);
    const entries = (await lines()).slice(1);
    expect(entries.at(-2)?.["parentId"]).toBe("foreign1");
    const own = entries.filter(({ id }) => id !== "foreign1");
    const parents = own.slice(1).map(({ parentId }) => parentId);
    expect(parents.slice(0, 6)).toEqual(own.slice(0, 6).map(({ id }) => id));
    expect(entries.at(-1)?.["parentId"]).toBe(entries.at(-2)?.["id"]);
  });

  it("puts a header before lines that lost theirs, and loses none", async () => {
    await writer.append(file, [said("0"), said("1")], made);
    const [, ...rest] = await lines();
    await writeFile(file, rest.map((line) => `${JSON.stringify(line)}\n`).join(""));
    await writer.append(file, [said("2")]);
    const now = await lines();
    expect(now[0]).toMatchObject({ type: "session", version: 3 });
    expect(now.slice(1).map(({ message }) => (message as JsonRecord)["content"])).toEqual(["0", "1", "2"]);
    expect(now[3]?.["parentId"]).toBe(now[2]?.["id"]);
  });

  it("begins a line of its own behind one that a crash cut", async () => {
    await writer.append(file, [said("0")], made);
    await appendFile(file, '{"type":"message","id":"cut');
    await writer.append(file, [said("1")]);
    const { entries } = parseTranscript(await readFile(file, "utf8"));
    expect(entries.map(({ message }) => (message as JsonRecord)["content"])).toEqual(["0", "1"]);
    expect(entries[1]?.["parentId"]).toBe(entries[0]?.["id"]);
  });

  it("brings a transcript of the first version into today's form", async () => {
    await writer.append(file, [said("x")], made);
    const old = [
      { type: "session", id: "s" },
      { type: "message", message: { role: "user", content: "old" } },
    ];
    await writeFile(file, old.map((line) => `${JSON.stringify(line)}\n`).join(""));
    await new TranscriptWriter().append(file, [said("new")]);
    const [header, first, second] = await lines();
    expect(header).toMatchObject({ version: 3, id: "s" });
    expect(first).toMatchObject({ parentId: null, message: { content: "old" } });
    expect(second?.["parentId"]).toBe(first?.["id"]);
  });
});

describe("a disk that is full", () => {
  it("leaves the transcript as it was, and takes the next line when there is room", async () => {
    const disk = new FullDisk();
    const full = new TranscriptWriter(disk);
    disk.room = 30;
    await expect(full.append(file, [said("never")], made)).rejects.toThrow(/ENOSPC: the disk is full/);
    await expect(stat(file)).rejects.toThrow(/ENOENT/);
    disk.room = Number.POSITIVE_INFINITY;
    await full.append(file, [said("0")], made);
    const before = await readFile(file, "utf8");
    for (const room of [0, 10]) {
      disk.room = room;
      await expect(full.append(file, [said("lost")])).rejects.toThrow(TranscriptUnwritableError);
      expect(await readFile(file, "utf8")).toBe(before);
    }
    disk.room = Number.POSITIVE_INFINITY;
    await full.append(file, [said("1")]);
    const [, first, second] = await lines();
    expect(second?.["parentId"]).toBe(first?.["id"]);
  });
});

describe("currentBranch", () => {
  const entry = (id: string, parentId: string | null) => ({ type: "message", id, parentId });

  it("leaves out branches that were left, and ends where parents go round in a circle", () => {
    const left = { header: {}, entries: [entry("a", null), entry("b", "a"), entry("c", "a")] };
    expect(currentBranch(left).map(({ id }) => id)).toEqual(["a", "c"]);
    const circle = { header: {}, entries: [entry("a", "b"), entry("b", "a")] };
    expect(currentBranch(circle).map(({ id }) => id)).toEqual(["a", "b"]);
  });
});
