import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { JsonFileStore } from "./json-file-store.ts";
import { SqliteStore } from "./sqlite-store.ts";
import { type SessionStore, StoreUnavailableError } from "./types.ts";

let directory: string;
let opened: SessionStore[];
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "lockstep-store-"));
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map((store) => store.close()));
  rmSync(directory, { recursive: true, force: true });
});

interface Backend {
  readonly name: string;
  readonly file: string;
  readonly open: (file: string, acceptLoss: boolean) => SessionStore;
}
const now = () => 0;
const backends: readonly Backend[] = [
  {
    name: "JSON file",
    file: "sessions.json",
    open: (path, acceptLoss) => new JsonFileStore({ path, now, acceptLoss }),
  },
  {
    name: "JSON file with a journal",
    file: "sessions.json",
    open: (path, acceptLoss) => new JsonFileStore({ path, now, acceptLoss, journalFromBytes: 0 }),
  },
  {
    name: "SQLite",
    file: "sessions.db",
    open: (path, acceptLoss) => new SqliteStore({ path, now, acceptLoss }),
  },
];

describe.each(backends)("a session store over $name", ({ file, open }) => {
  const start = (acceptLoss = false) => {
    const store = open(path.join(directory, "deep", file), acceptLoss);
    opened.push(store);
    return store;
  };
  const reopen = async (store: SessionStore) => {
    await store.close();
    return start();
  };
  const all = (store: SessionStore) => [...store.view().entries()];
  const put = (text: string) => {
    mkdirSync(path.join(directory, "deep"), { recursive: true });
    writeFileSync(path.join(directory, "deep", file), text);
  };
  const names = () => readdirSync(path.join(directory, "deep"));

  it("is empty at first, and looking at it makes no file", () => {
    expect(start().view().size).toBe(0);
    expect(readdirSync(directory)).toEqual([]);
  });

  it("keeps the order in which keys came, also of one that went and came again", async () => {
    const store = start();
    for (const key of ["b", "a", "c", "1"]) await store.update((draft) => draft.set(key, { key }));
    await store.update((draft) => draft.set("a", { key: "again" }));
    await store.update((draft) => {
      draft.delete("b");
      draft.set("b", { key: "back" });
    });
    const expected = [
      ["a", { key: "again" }],
      ["c", { key: "c" }],
      ["1", { key: "1" }],
      ["b", { key: "back" }],
    ];
    expect(all(store)).toEqual(expected);
    // JSON puts a key that looks like a number first; upstream's file cannot say otherwise.
    const reopened = all(await reopen(store)).filter(([key]) => key !== "1");
    expect(reopened).toEqual(expected.filter(([key]) => key !== "1"));
  });

  it("finds labels and spellings, before and after it is opened again", async () => {
    let store = start();
    await store.update((draft) => {
      draft.set("Ab", { label: "L" });
      draft.set("aB", { label: "L" });
      draft.set("ab", { label: "M" });
    });
    await store.update((draft) => draft.delete("Ab"));
    for (let round = 0; round < 2; round += 1) {
      expect(store.view().keysLabelled("L")).toEqual(["aB"]);
      expect(store.view().keysLabelled("M")).toEqual(["ab"]);
      expect(store.view().keysLike("AB")).toEqual(["aB", "ab"]);
      store = await reopen(store);
    }
  });

  it("is as before when a change throws", async () => {
    const store = start();
    await store.update((draft) => draft.set("a", { label: "A" }));
    const failing = store.update((draft) => {
      draft.set("a", { label: "B" });
      draft.set("c", {});
      draft.delete("a");
      throw new RangeError("no");
    });
    await expect(failing).rejects.toThrow(RangeError);
    await store.update((draft) => draft.set("z", null));
    for (const each of [store, await reopen(store)]) {
      expect(all(each)).toEqual([
        ["a", { label: "A" }],
        ["z", null],
      ]);
      expect(each.view().keysLabelled("A")).toEqual(["a"]);
      expect(each.view().keysLabelled("B")).toEqual([]);
    }
  });

  it("keeps nulls, hostile keys and values that are no sessions", async () => {
    const hostile: [string, unknown][] = [
      ["__proto__", { label: null, nested: { gone: null } }],
      ["constructor", null],
      ["", { empty: "" }],
      ["nul\u0000byte", [1, null]],
      ["half \ud800 pair", "text"],
      ["quote ' \" ; --", 7],
      ["new\nline", JSON.parse('{"__proto__":{"label":"P"}}')],
    ];
    const store = start();
    await store.update((draft) => {
      for (const [key, value] of hostile) draft.set(key, value);
    });
    const reopened = await reopen(store);
    expect(JSON.stringify(all(reopened))).toBe(JSON.stringify(hostile));
    await reopened.update((draft) => {
      for (const [key] of hostile) draft.delete(key);
    });
    expect(all(await reopen(reopened))).toEqual([]);
    expect(({} as Record<string, unknown>)["label"]).toBeUndefined();
  });

  it("loses none of many changes at once, and shows each after those before it", async () => {
    const store = start();
    await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        store.update((draft) => {
          draft.set(`k${n}`, { n });
          draft.set("count", { n: ((draft.get("count") as { n: number } | undefined)?.n ?? 0) + 1 });
        }),
      ),
    );
    const reopened = await reopen(store);
    expect(reopened.view().size).toBe(101);
    expect(reopened.view().get("count")).toEqual({ n: 100 });
  });

  it("holds what a map holds, whatever is done to it", async () => {
    const op = fc.tuple(
      fc.constantFrom("a", "b", "__proto__", "C"),
      fc.option(fc.jsonValue(), { nil: undefined }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(op, { maxLength: 4 }), { maxLength: 6 }), async (changes) => {
        rmSync(path.join(directory, "deep"), { recursive: true, force: true });
        const store = start();
        const model = new Map<string, unknown>();
        for (const ops of changes) {
          await store.update((draft) => {
            for (const [key, value] of ops) {
              if (value === undefined) draft.delete(key);
              else draft.set(key, { value });
            }
          });
          for (const [key, value] of ops) {
            if (value === undefined) model.delete(key);
            else model.set(key, { value });
          }
        }
        expect(JSON.stringify(all(await reopen(store)))).toBe(JSON.stringify([...model]));
      }),
      { numRuns: 25 },
    );
  });

  it("sets aside what it cannot read, and refuses writes until the loss is accepted", async () => {
    const damaged = "this is no store ".repeat(300);
    put(damaged);
    expect(start().view().size).toBe(0);
    const [aside = ""] = names();
    expect(names()).toEqual([`${file}.corrupt-1970-01-01T00-00-00.000Z`]);
    expect(readFileSync(path.join(directory, "deep", aside), "utf8")).toBe(damaged);
    await expect(start().update((draft) => draft.set("a", {}))).rejects.toThrow(/was corrupt and is kept as/);
    const accepting = start(true);
    await accepting.update((draft) => draft.set("a", {}));
    expect(accepting.view().size).toBe(1);
  });

  it("refuses writes where a directory stands in its place", async () => {
    mkdirSync(path.join(directory, "deep", file), { recursive: true });
    const store = start();
    expect(store.view().size).toBe(0);
    await expect(store.update(() => undefined)).rejects.toThrow(/cannot be read \(EISDIR\)/);
  });

  it("finishes what came before it was closed, leaves one file, and refuses what comes later", async () => {
    const store = start();
    const before = store.update((draft) => draft.set("a", { n: 1 }));
    await store.close();
    await before;
    expect(names()).toEqual([file]);
    await expect(store.update(() => undefined)).rejects.toThrow(StoreUnavailableError);
    expect(start().view().get("a")).toEqual({ n: 1 });
  });
});
