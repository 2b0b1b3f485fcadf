import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PreviewItem } from "../sessions/preview.ts";
import { archiveTranscripts, cutTranscript, removeArchivedBefore } from "./archive.ts";
import { BoundedCache } from "./bounded-cache.ts";
import { type TitleFields, TranscriptReader } from "./reader.ts";

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "lockstep-transcripts-"));
  file = path.join(directory, "s.jsonl");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const header = { type: "session", version: 3, id: "s" };
const said = (role: string, content: unknown, more: object = {}) => ({
  type: "message",
  message: { role, content, ...more },
});
const write = (...lines: unknown[]) =>
  writeFileSync(
    file,
    lines.map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`).join(""),
  );
const missing = () => path.join(directory, "missing.jsonl");
const titles = (reader = new TranscriptReader()) => reader.titleFields([missing(), file]);
const preview = (limit: number, reader = new TranscriptReader()) =>
  reader.preview([missing(), file], limit, 240);

describe("titles", () => {
  it("are the first user message and the last message with text", async () => {
    write(
      header,
      "no json",
      said("user", "from elsewhere", { provenance: { kind: "inter_session" } }),
      said("user", [{ type: "image" }, { type: "text", text: " " }, { type: "input_text", text: " first " }]),
      said("assistant", "last"),
      said("toolResult", "result"),
      said("assistant", [{ type: "thinking", text: "hm" }]),
    );
    expect(await titles()).toEqual({ firstUserMessage: "first", lastMessage: "last" });
  });

  it("look at 10 lines and 8192 bytes in front, 20 lines and 16384 bytes behind", async () => {
    write(header, ...Array.from({ length: 9 }, () => said("assistant", "a")), said("user", "line 11"));
    expect((await titles()).firstUserMessage).toBeUndefined();
    write(said("user", "x".repeat(9000)));
    expect((await titles()).firstUserMessage).toBeUndefined();
    write(said("user", "first"), ...Array.from({ length: 20 }, () => said("tool", "t")));
    expect((await titles()).lastMessage).toBeUndefined();
    write(said("user", "first"), said("assistant", "y".repeat(17_000)));
    expect((await titles()).lastMessage).toBeUndefined();
  });

  it("are nothing for an empty, missing or unreadable file", async () => {
    const nothing = { firstUserMessage: undefined, lastMessage: undefined };
    expect(await titles()).toEqual(nothing);
    write();
    expect(await titles()).toEqual(nothing);
    expect(await new TranscriptReader().titleFields([directory])).toEqual(nothing);
  });

  it("are remembered until the file's time or size changes", async () => {
    const reader = new TranscriptReader();
    const time = new Date(1000);
    write(said("user", "one"));
    utimesSync(file, time, time);
    expect((await titles(reader)).firstUserMessage).toBe("one");
    write(said("user", "two"));
    utimesSync(file, time, time);
    expect((await titles(reader)).firstUserMessage).toBe("one");
    write(said("user", "three"));
    utimesSync(file, time, time);
    expect((await titles(reader)).firstUserMessage).toBe("three");
  });
});

describe("previews", () => {
  it("count messages before those without anything to show are left out", async () => {
    write(header, said("user", "a"), said("assistant", "b"), said("assistant", []), { type: "compaction" });
    expect(await preview(2)).toEqual([{ role: "assistant", text: "b" }]);
    expect(await preview(3)).toHaveLength(2);
  });

  it("look further back only when they found nothing", async () => {
    write(said("user", "before"), "z".repeat(70_000));
    expect(await preview(5)).toEqual([{ role: "user", text: "before" }]);
    write(said("user", "before"), "z".repeat(1_100_000));
    expect(await preview(5)).toEqual([]);
    expect(await new TranscriptReader().preview([missing()], 5, 240)).toEqual([]);
  });

  it("are remembered for the same limits", async () => {
    const reader = new TranscriptReader();
    write(said("user", "a"), said("user", "b"));
    const first = await preview(5, reader);
    expect(await preview(5, reader)).toBe(first);
    expect(await preview(1, reader)).toEqual([{ role: "user", text: "b" }]);
  });
});

describe("archives", () => {
  it("rename what exists, and never overwrite one another", async () => {
    write("1");
    const first = await archiveTranscripts([missing(), file], "reset", 0);
    expect(first).toEqual([`${file}.reset.1970-01-01T00-00-00.000Z`]);
    write("2");
    expect(await archiveTranscripts([file], "reset", 0)).toEqual([`${file}.reset.1970-01-01T00-00-00.001Z`]);
    expect(existsSync(file)).toBe(false);
    expect(readFileSync(first[0] ?? "", "utf8")).toBe("1\n");
  });

  it("keep the whole of a transcript that is cut to its last lines", async () => {
    writeFileSync(file, "h\r\n\r\n1\n2\n  \n3", { mode: 0o640 });
    expect(await cutTranscript(file, 4, 0)).toEqual({ archived: undefined, kept: 4 });
    const cut = await cutTranscript(file, 2, 0);
    expect(cut).toEqual({ archived: `${file}.bak.1970-01-01T00-00-00.000Z`, kept: 2 });
    expect(readFileSync(file, "utf8")).toBe("2\n3\n");
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(readFileSync(cut.archived ?? "", "utf8")).toBe("h\r\n\r\n1\n2\n  \n3");
  });

  it("go when they are older than asked for, others stay", async () => {
    for (const name of [
      "a.jsonl.deleted.2020-01-01T00-00-00.000Z",
      "b.jsonl.deleted.2030-01-01T00-00-00.000Z",
      "c.jsonl.reset.2020-01-01T00-00-00.000Z",
      "d.jsonl.deleted.nonsense",
      "e.jsonl.deleted.xTy",
    ]) {
      writeFileSync(path.join(directory, name), "");
    }
    await removeArchivedBefore(directory, "deleted", Date.UTC(2025, 0, 1));
    expect(readdirSync(directory)).toHaveLength(4);
    expect(readdirSync(directory)).not.toContain("a.jsonl.deleted.2020-01-01T00-00-00.000Z");
    await expect(removeArchivedBefore(missing(), "deleted", 0)).resolves.toBeUndefined();
  });
});

describe("what a reader keeps", () => {
  it("is bounded, and what was forgotten is read again", async () => {
    const kept = new BoundedCache<TitleFields>(3, 1_000);
    const shown = new BoundedCache<PreviewItem[]>(1_000, 400);
    const reader = new TranscriptReader(kept, shown);
    for (let n = 0; n < 20; n += 1) {
      write(header, said("user", `first ${n} ${"x".repeat(n)}`), said("assistant", "last"));
      expect((await titles(reader)).firstUserMessage).toBe(`first ${n} ${"x".repeat(n)}`.trim());
      expect(await preview(5, reader)).toHaveLength(2);
      expect(kept.size).toBeLessThanOrEqual(3);
      expect(shown.size).toBeLessThanOrEqual(400 / file.length);
    }
    expect([kept.size, shown.size > 0]).toEqual([3, true]);
  });
});

describe("BoundedCache", () => {
  it("stays within both bounds whatever is kept, and keeps the newest that fits", () => {
    const kept = fc.record({ key: fc.nat(30), weight: fc.nat(40) });
    fc.assert(
      fc.property(fc.array(kept, { maxLength: 200 }), (values) => {
        const cache = new BoundedCache<number>(10, 100);
        for (const { key, weight } of values) {
          cache.set(String(key), weight, weight);
          const found = Array.from({ length: 31 }, (_, n) => cache.get(String(n)) ?? 0);
          expect(cache.size).toBeLessThanOrEqual(10);
          expect(found.reduce((sum, weight) => sum + weight, 0)).toBeLessThanOrEqual(100);
          expect(cache.get(String(key))).toBe(weight);
        }
      }),
    );
  });

  it("forgets what was used longest ago, by number and by weight", () => {
    const cache = new BoundedCache<number>(2, 10);
    cache.set("a", 1, 1);
    cache.set("b", 2, 1);
    expect(cache.get("a")).toBe(1);
    cache.set("c", 3, 1);
    expect(cache.get("b")).toBeUndefined();
    cache.set("d", 4, 9);
    expect([cache.get("a"), cache.get("c"), cache.get("d"), cache.size]).toEqual([undefined, 3, 4, 2]);
    cache.set("d", 5, 11);
    expect(cache.size).toBe(0);
  });
});
