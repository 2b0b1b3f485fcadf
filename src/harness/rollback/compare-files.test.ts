import { describe, expect, it } from "vitest";
import type { StateSnapshot } from "../target/state-snapshot.ts";
import { compareDisk } from "./compare-files.ts";
import type { Write } from "./types.ts";

const STORE = "agents/main/sessions/sessions.json";
const LOG = "agents/main/sessions/one.jsonl";
const KEY = "agent:main:a";

function snapshot(files: Readonly<Record<string, unknown>>): StateSnapshot {
  const texts = Object.entries(files).map(([path, content]): [string, Buffer] => [
    path,
    Buffer.from(typeof content === "string" ? content : JSON.stringify(content)),
  ]);
  return { files: new Map(texts), folders: new Set() };
}

const write = (kind: Write["kind"], params: Write["params"] = {}): Write => ({
  kind,
  key: KEY,
  method: "any",
  params,
});

function compare(before: StateSnapshot, after: StateSnapshot, ...writes: Write[]) {
  const verdict = compareDisk({ before, after, writes, wrote: "target", read: "the disk", deviceId: "us" });
  return verdict.differences.map(({ part, where, pointer }) => `${part} ${where} ${pointer}`.trimEnd());
}

const entry = { sessionId: "one", label: "L", updatedAt: 1, "x-later": null };
const before = snapshot({ [STORE]: { [KEY]: entry }, [LOG]: "1\n2\n" });

describe("compareDisk", () => {
  it("lets a patch change what it names, and nothing else", () => {
    const after = (more: object) => snapshot({ [STORE]: { [KEY]: { ...entry, ...more } }, [LOG]: "1\n2\n" });
    const patch = write("patch", { key: KEY, label: "M" });
    expect(compare(before, after({ label: "M", updatedAt: 2 }), patch)).toEqual([]);
    expect(compare(before, after({ "x-later": 1 }), patch)).toEqual([`store ${STORE} "${KEY}" /x-later`]);
    expect(compare(before, after({ thinkingLevel: "low" }), patch)).toEqual([
      `store ${STORE} "${KEY}" /thinkingLevel`,
    ]);
  });

  it("lets a turn change everything but what nobody knows", () => {
    const after = snapshot({ [STORE]: { [KEY]: { sessionId: "two", "x-later": null } }, [LOG]: "1\n2\n3\n" });
    expect(compare(before, after, write("chat"))).toEqual([]);
    const forgetful = snapshot({ [STORE]: { [KEY]: { sessionId: "two" } }, [LOG]: "1\n2\n3\n" });
    expect(compare(before, forgetful, write("chat"))).toEqual([`store ${STORE} "${KEY}" /x-later`]);
  });

  it("takes a session as the same one under its canonical spelling", () => {
    const spelled = snapshot({ [STORE]: { "agent:main:A": entry }, [LOG]: "1\n2\n" });
    expect(compare(spelled, before, write("patch"))).toEqual([]);
  });

  it("takes two spellings of a key for two entries, the older of which a write to the session drops", () => {
    const fresh = { sessionId: "two", updatedAt: 2 };
    const twins = snapshot({ [STORE]: { "agent:main:A": entry, [KEY]: fresh } });
    const dropped = snapshot({ [STORE]: { [KEY]: fresh } });
    const swapped = snapshot({ [STORE]: { "agent:main:A": entry } });
    expect(compare(twins, twins)).toEqual([]);
    expect(compare(twins, dropped, write("patch"))).toEqual([]);
    expect(compare(twins, dropped)).toContain(`store ${STORE} "agent:main:A" /x-later`);
    expect(compare(twins, swapped, write("patch"))).toEqual([`store ${STORE} "${KEY}"`]);
  });

  it("misses a session, unless it was deleted", () => {
    const empty = snapshot({ [STORE]: {}, [`${LOG}.deleted.2026-01-01T00-00-00.000Z`]: "1\n2\n" });
    expect(compare(before, empty, write("delete"))).toEqual([]);
    expect(compare(before, empty, write("patch"))).toContain(`store ${STORE} "${KEY}"`);
  });

  it("lets a transcript grow or be put aside whole, and not be cut", () => {
    const store = { [STORE]: { [KEY]: entry } };
    const cut = snapshot({ ...store, [LOG]: "2\n" });
    const aside = snapshot({ ...store, [LOG]: "2\n", [`${LOG}.bak.2026-01-01T00-00-00.000Z`]: "1\n2\n" });
    expect(compare(before, aside, write("compact"))).toEqual([]);
    expect(compare(before, cut, write("compact"))).toEqual([`file ${LOG}`]);
    expect(compare(before, snapshot({ ...store, [LOG]: "1\n2\n3\n" }))).toEqual([`file ${LOG}`]);
  });

  it("wants files of others byte for byte, apart from the exclusions", () => {
    const files = { "notes.json": '{ "a": 1 }', "update-check.json": "{}" };
    const after = snapshot({ "notes.json": '{"a":1}', "update-check.json": "{1}" });
    expect(compare(snapshot(files), after)).toEqual(["file notes.json"]);
  });

  it("lets our own device's record change alone", () => {
    const path = "devices/paired.json";
    const paired = (us: number, them: number) => snapshot({ [path]: { us: { us }, them: { them } } });
    expect(compare(paired(1, 1), paired(2, 1))).toEqual([]);
    expect(compare(paired(1, 1), paired(1, 2))).toEqual([`file ${path} /them/them`]);
    expect(compare(paired(1, 1), snapshot({ [path]: { us: {} } }))).toEqual([`file ${path} /them`]);
  });
});
