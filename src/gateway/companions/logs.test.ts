import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { logPath, openLogFile } from "./log-file.ts";
import { chooseRange, cutLines, findLogFile, readLogSlice } from "./log-slice.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "lockstep-logs-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const DAY = 86_400_000;
const noon = new Date(2026, 1, 17, 12).getTime();

describe("reading", () => {
  const slice = async (text: string, params = {}) => {
    const file = join(directory, "x.log");
    await writeFile(file, text);
    return await readLogSlice(file, params);
  };
  const seen = { cursor: 14, size: 14, truncated: false, reset: false };

  test.each([
    [{}, { lines: ["one", "two", "three"] }],
    [{ limit: 1 }, { lines: ["three"] }],
    [{ cursor: 4 }, { lines: ["two", "three"] }],
    [{ cursor: 2 }, { lines: ["two", "three"] }],
    [{ cursor: 14 }, { lines: [] }],
    [{ cursor: 99 }, { lines: ["one", "two", "three"], reset: true }],
    [{ maxBytes: 7 }, { lines: ["three"], truncated: true }],
    [
      { cursor: 2, maxBytes: 3 },
      { lines: [], truncated: true, reset: true },
    ],
  ])("%j", async (params, expected) => {
    expect(await slice("one\ntwo\nthree\n", params)).toEqual({ ...seen, ...expected });
  });

  test("a line that has no end yet is told; an empty or missing file has none", async () => {
    expect((await slice("a\nb")).lines).toEqual(["a", "b"]);
    expect((await slice("")).lines).toEqual([]);
    expect(await readLogSlice(join(directory, "none"), { cursor: 5 })).toEqual({
      cursor: 0,
      size: 0,
      lines: [],
      truncated: false,
      reset: false,
    });
  });

  test("who reads on from the cursor misses nothing and sees nothing twice", async () => {
    const line = fc.string({ minLength: 1, maxLength: 8, unit: fc.constantFrom("a", "é", "🔑") });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(line, { maxLength: 4 }), { maxLength: 5 }), async (batches) => {
        let text = "";
        let cursor: number | undefined;
        const read: string[] = [];
        for (const batch of batches) {
          text += batch.map((one) => `${one}\n`).join("");
          const next = await slice(text, cursor === undefined ? {} : { cursor });
          read.push(...next.lines);
          ({ cursor } = next);
        }
        expect(read).toEqual(batches.flat());
      }),
      { numRuns: 30 },
    );
  });

  test("a range never exceeds what was asked for", () => {
    fc.assert(
      fc.property(
        fc.nat(1_000),
        fc.option(fc.nat(2_000), { nil: undefined }),
        fc.integer({ min: 1 }),
        (...args) => {
          const [size, , maxBytes] = args;
          const { start } = chooseRange(...args);
          expect(start).toBeGreaterThanOrEqual(0);
          expect(size - start).toBeLessThanOrEqual(maxBytes);
        },
      ),
    );
    expect(cutLines("rest\nb\n", false, 9)).toEqual(["b"]);
  });

  test("before today's first line the last day is read, and no other file", async () => {
    const today = join(directory, "openclaw-2026-02-17.log");
    expect(await findLogFile(today)).toBe(today);
    for (const [name, time] of [
      ["openclaw-2026-02-15.log", 2],
      ["openclaw-2026-02-16.log", 1],
      ["other.log", 3],
    ] as const) {
      await writeFile(join(directory, name), "x");
      await utimes(join(directory, name), time, time);
    }
    expect(await findLogFile(today)).toBe(join(directory, "openclaw-2026-02-15.log"));
    expect(await findLogFile(join(directory, "own.log"))).toBe(join(directory, "own.log"));
  });
});

describe("writing", () => {
  test("one file a day in the state directory, private, or where the configuration says", () => {
    expect(logPath({}, "/s", {})(noon)).toBe("/s/logs/openclaw-2026-02-17.log");
    expect(logPath({ logging: { file: "~/g.log" } }, "/s", { HOME: "/h" })(noon)).toBe("/h/g.log");
  });

  test("lines arrive in order, each day in its file, and old days go", async () => {
    await mkdir(join(directory, "logs"));
    for (const name of ["openclaw-2020-01-01.log", "openclaw-2020-01-01.log.1", "kept.txt"]) {
      await writeFile(join(directory, "logs", name), "old");
    }
    let now = noon;
    const limits = { maxFileBytes: 1_000, maxDays: 2, maxWaitingBytes: 1_000 };
    const log = openLogFile(logPath({}, directory, {}), () => now, limits);
    log.write("a\n");
    log.write("b\n");
    await log.flush();
    now += DAY;
    log.write("c\n");
    await log.flush();
    expect((await readdir(join(directory, "logs"))).sort()).toEqual([
      "kept.txt",
      "openclaw-2026-02-17.log",
      "openclaw-2026-02-18.log",
    ]);
    expect(await readFile(join(directory, "logs", "openclaw-2026-02-17.log"), "utf8")).toBe("a\nb\n");
    expect(await readFile(log.path(), "utf8")).toBe("c\n");
  });

  test("a file that is full is set aside once", async () => {
    const file = join(directory, "x.log");
    const log = openLogFile(
      () => file,
      () => noon,
      { maxFileBytes: 3, maxDays: 1, maxWaitingBytes: 1_000 },
    );
    for (const line of ["one\n", "two\n", "three\n"]) {
      log.write(line);
      await log.flush();
    }
    expect(await readFile(`${file}.1`, "utf8")).toBe("two\n");
    expect(await readFile(file, "utf8")).toBe("three\n");
    expect(await readdir(directory)).toHaveLength(2);
  });

  test("what does not fit into memory is dropped and counted", async () => {
    const file = join(directory, "x.log");
    const log = openLogFile(
      () => file,
      () => noon,
      { maxFileBytes: 1_000, maxDays: 1, maxWaitingBytes: 8 },
    );
    for (let i = 0; i < 5; i += 1) log.write("12345\n");
    await log.flush();
    // The first is on its way to the disk and waits no longer.
    const [first, second, last] = (await readFile(file, "utf8")).trimEnd().split("\n");
    expect([first, second]).toEqual(["12345", "12345"]);
    expect(JSON.parse(last ?? "")).toMatchObject({ msg: "lines dropped", dropped: 3 });
  });

  test("a disk that refuses does not stop the gateway, and is tried again", async () => {
    const blocked = join(directory, "blocked");
    await writeFile(blocked, "a file, not a directory");
    const log = openLogFile(
      () => join(blocked, "x.log"),
      () => noon,
    );
    log.write("lost\n");
    await log.flush();
    await rm(blocked);
    log.write("kept\n");
    await log.flush();
    expect(await readFile(log.path(), "utf8")).toBe("kept\n");
  });
});
