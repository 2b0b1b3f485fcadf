import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { asEntry } from "../sessions/entry.ts";
import { JsonFileStore, type JsonFileStoreOptions } from "./json-file-store.ts";
import { StoreUnavailableError } from "./types.ts";

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "lockstep-store-"));
  file = path.join(directory, "agents", "main", "sessions", "sessions.json");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const seed = (text: string) => {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
};
const open = (more: Partial<JsonFileStoreOptions> = {}) =>
  new JsonFileStore({ path: file, now: () => 0, ...more });
const onDisk = () => readFileSync(file, "utf8");
const names = () => readdirSync(path.dirname(file)).sort();
const recorder = () => {
  const messages: string[] = [];
  const note = (_details: unknown, message: string) => void messages.push(message);
  return { messages, logger: { warn: note, error: note } };
};

describe("JsonFileStore", () => {
  it("has a change on disk when it is acknowledged, in upstream's form", async () => {
    const store = open();
    const result = await store.update((draft) => {
      draft.set("b", { sessionId: "1", label: null });
      draft.set("a", {});
      return "done";
    });
    expect(result).toBe("done");
    expect(onDisk()).toBe('{\n  "b": {\n    "sessionId": "1",\n    "label": null\n  },\n  "a": {}\n}');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(names()).toEqual(["sessions.json"]);
  });

  it("writes an empty store where a change did nothing and there was no file", async () => {
    await open().update(() => undefined);
    expect(onDisk()).toBe("{}");
  });

  it("does not write again when nothing changed", async () => {
    const store = open();
    await store.update((draft) => draft.set("a", {}));
    const { ino } = statSync(file);
    await store.update((draft) => draft.delete("nothing"));
    expect(statSync(file).ino).toBe(ino);
    await store.update((draft) => draft.delete("a"));
    expect(statSync(file).ino).not.toBe(ino);
  });

  it("puts waiting writers into few writes, and loses none of them", async () => {
    const store = open();
    const inodes = new Set<number>();
    await Promise.all(
      Array.from({ length: 200 }, async (_unused, n) => {
        await store.update((draft) => draft.set(`k${n}`, { n }));
        const written = JSON.parse(onDisk()) as Record<string, unknown>;
        expect(written[`k${n}`]).toEqual({ n });
        inodes.add(statSync(file).ino);
      }),
    );
    expect(Object.keys(JSON.parse(onDisk()) as object)).toHaveLength(200);
    expect(inodes.size).toBeLessThan(10);
  });

  it("writes nothing when a change throws", async () => {
    const store = open();
    await store.update((draft) => draft.set("a", { label: "A" }));
    const written = onDisk();
    const failing = store.update((draft) => {
      draft.set("a", { label: "B" });
      throw new RangeError("no");
    });
    await expect(failing).rejects.toThrow(RangeError);
    await store.close();
    expect(onDisk()).toBe(written);
  });

  it("reads what others write while it is idle", async () => {
    const store = open();
    await store.update((draft) => draft.set("a", { label: "A" }));
    writeFileSync(file, '{"x":{"label":"X","room":"#r"}}');
    expect(store.view().get("x")).toEqual({ label: "X", groupChannel: "#r" });
    expect(store.view().keysLabelled("A")).toEqual([]);
    await store.update((draft) => draft.set("y", {}));
    expect(Object.keys(JSON.parse(onDisk()) as object)).toEqual(["x", "y"]);
    rmSync(file);
    expect(store.view().size).toBe(0);
  });

  it("brings every route into its stored form on a save, again until it is settled", async () => {
    seed('{"a":{"lastChannel":"","channel":"imsg"},"b":7,"n":null}');
    const store = open();
    expect(store.view().get("a")).toEqual({ lastChannel: "", channel: "imsg" });
    await store.update(() => undefined);
    expect(JSON.parse(onDisk())).toEqual({ a: { channel: "imsg" }, b: 7, n: null });
    await store.update(() => undefined);
    expect(JSON.parse(onDisk())).toMatchObject({ a: { channel: "imsg", lastChannel: "imessage" } });
  });

  it("keeps a key named __proto__ as a key", async () => {
    seed('{"__proto__":{"label":"P"},"constructor":{"label":"C"}}');
    const store = open();
    expect(asEntry(store.view().get("__proto__"))?.["label"]).toBe("P");
    await store.update((draft) => draft.set("toString", {}));
    expect(onDisk()).toContain('"__proto__": {');
    expect(Object.keys(JSON.parse(onDisk()) as object)).toEqual(["__proto__", "constructor", "toString"]);
    expect(({} as Record<string, unknown>)["label"]).toBeUndefined();
  });

  it("finds keys whatever their case, and labels, without looking at the rest", async () => {
    const store = open();
    await store.update((draft) => {
      draft.set("Ab", { label: "L" });
      draft.set("aB", { label: "L" });
      draft.delete("Ab");
      draft.set("AB", { label: "M" });
    });
    expect(store.view().keysLike("ab")).toEqual(["aB", "AB"]);
    expect(store.view().keysLabelled("L")).toEqual(["aB"]);
  });

  it("refuses changes after it was closed, and finishes those before", async () => {
    const store = open();
    const before = store.update((draft) => draft.set("a", {}));
    await store.close();
    expect(onDisk()).toContain('"a"');
    await before;
    await expect(store.update(() => undefined)).rejects.toThrow(StoreUnavailableError);
  });

  it("removes what a killed writer left", () => {
    seed("{}");
    const left = `${file}.999999999.00000000-0000-4000-8000-000000000000.tmp`;
    const other = `${file}.${process.pid}.00000000-0000-4000-8000-000000000000.tmp`;
    writeFileSync(left, "x");
    writeFileSync(other, "x");
    open();
    expect(names()).toEqual(["sessions.json", path.basename(other)]);
  });

  it("keeps a file that has grown too big, and three such files at most", async () => {
    let now = 1000;
    const store = open({ rotateBytes: 10, now: () => (now += 1) });
    for (let n = 0; n < 6; n += 1) await store.update((draft) => draft.set(`key${n}`, {}));
    expect(names().filter((name) => name.includes(".bak."))).toHaveLength(3);
    expect(Object.keys(JSON.parse(onDisk()) as object)).toHaveLength(6);
  });
});

describe("a store that cannot be read or written", () => {
  it.each(["{ not json", "[1]", '"text"'])(
    "sets %j aside and refuses writes until somebody acts",
    async (text) => {
      seed(text);
      const { messages, logger } = recorder();
      const store = open({ logger });
      expect(store.view().size).toBe(0);
      expect(names()).toEqual(["sessions.json.corrupt-1970-01-01T00-00-00.000Z"]);
      await expect(store.update((draft) => draft.set("a", {}))).rejects.toThrow(
        /was corrupt and is kept as .*corrupt-1970/,
      );
      expect(readFileSync(path.join(path.dirname(file), names()[0] ?? ""), "utf8")).toBe(text);
      await expect(open().update(() => undefined)).rejects.toThrow(StoreUnavailableError);
      expect(messages).toHaveLength(2);
      seed('{"back":{}}');
      await store.update((draft) => draft.set("a", {}));
      expect(JSON.parse(onDisk())).toEqual({ back: {}, a: {} });
    },
  );

  it("accepts writes again when the kept file was moved away, or the loss is accepted", async () => {
    seed("{ not json");
    const store = open();
    expect(store.view().size).toBe(0);
    await open({ acceptLoss: true }).update((draft) => draft.set("a", {}));
    expect(JSON.parse(onDisk())).toEqual({ a: {} });
    rmSync(path.dirname(file), { recursive: true });
    await store.update((draft) => draft.set("b", {}));
    expect(JSON.parse(onDisk())).toEqual({ b: {} });
  });

  it("takes an empty file for an empty store, and a byte-order mark for nothing", async () => {
    seed(" \n");
    await open().update((draft) => draft.set("a", {}));
    expect(JSON.parse(onDisk())).toEqual({ a: {} });
    seed('\ufeff{"b":{}}');
    expect(open().view().get("b")).toEqual({});
  });

  it("refuses writes where a directory stands in its place", async () => {
    mkdirSync(file, { recursive: true });
    const { messages, logger } = recorder();
    const store = open({ logger });
    expect(store.view().size).toBe(0);
    await expect(store.update(() => undefined)).rejects.toThrow(/cannot be read \(EISDIR\)/);
    expect(messages).toHaveLength(1);
  });

  it("forgets changes that could not be written, those behind them too", async () => {
    const { messages, logger } = recorder();
    const store = open({ logger });
    const first = store.update((draft) => draft.set("a", {}));
    const together = store.update((draft) => draft.set("b", {}));
    mkdirSync(file, { recursive: true });
    const behind = Promise.resolve().then(() => store.update((draft) => draft.set("c", {})));
    const outcomes = await Promise.allSettled([first, together, behind]);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(messages).toContain("session store cannot be written");
    expect(names()).toEqual(["sessions.json"]);
    rmSync(file, { recursive: true });
    expect(store.view().size).toBe(0);
    await store.update((draft) => draft.set("d", {}));
    expect(JSON.parse(onDisk())).toEqual({ d: {} });
  });
});
