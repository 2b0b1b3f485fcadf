import { appendFile, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BoundedCache } from "../transcripts/bounded-cache.ts";
import { FactReader, type Progress } from "./fact-reader.ts";

let folder: string;
let file: string;
let reader: FactReader;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "lockstep-facts-"));
  file = path.join(folder, "s.jsonl");
  reader = new FactReader({});
});
afterEach(() => rm(folder, { recursive: true }));

const line = (input: number): string =>
  `${JSON.stringify({ type: "message", message: { role: "assistant", usage: { input } } })}\n`;
const inputs = async (): Promise<(number | undefined)[] | undefined> =>
  (await reader.read(file))?.map(({ spend }) => spend?.tokens.input);

describe("FactReader", () => {
  it("keeps so many messages, and reads again what it forgot", async () => {
    const known = new BoundedCache<Progress>(1_000, 10);
    const bounded = new FactReader({}, known);
    for (let n = 0; n < 6; n += 1) {
      const one = path.join(folder, `${n}.jsonl`);
      await writeFile(one, line(n).repeat(3));
      expect(await bounded.read(one)).toHaveLength(3);
      // Three messages and the file itself.
      expect(known.size).toBeLessThanOrEqual(2);
    }
    expect(known.size).toBe(2);
    expect(await bounded.read(path.join(folder, "0.jsonl"))).toHaveLength(3);
  });

  it("has nothing to say of a file that is not there", async () => {
    expect(await reader.read(file)).toBeUndefined();
  });

  it("goes on where it stopped, and leaves out what is no message", async () => {
    await writeFile(file, `${line(1)}{broken\n\n${line(2)}`);
    expect(await inputs()).toEqual([1, 2]);
    await appendFile(file, line(3));
    expect(await inputs()).toEqual([1, 2, 3]);
    expect(await inputs()).toEqual([1, 2, 3]);
  });

  it("counts a last line without its newline once, whole or not", async () => {
    const whole = line(7).trimEnd();
    await writeFile(file, line(1) + whole);
    expect(await inputs()).toEqual([1, 7]);
    await appendFile(file, "\n");
    expect(await inputs()).toEqual([1, 7]);
    await appendFile(file, whole.slice(0, 20));
    expect(await inputs()).toEqual([1, 7]);
    await appendFile(file, whole.slice(20));
    expect(await inputs()).toEqual([1, 7, 7]);
  });

  it("reads a file anew that was replaced or cut under its name", async () => {
    await writeFile(file, line(1) + line(2));
    expect(await inputs()).toEqual([1, 2]);
    await writeFile(path.join(folder, "other"), line(8) + line(9) + line(10));
    await rename(path.join(folder, "other"), file);
    expect(await inputs()).toEqual([8, 9, 10]);
    await writeFile(file, line(4));
    expect(await inputs()).toEqual([4]);
  });

  it("lets questions at the same time share one reading", async () => {
    await writeFile(file, line(1));
    const [a, b] = await Promise.all([reader.read(file), reader.read(file)]);
    expect(a).toBe(b);
  });

  it("reads lines that are longer than a chunk", async () => {
    const text = "x".repeat(2_500_000);
    const long = JSON.stringify({
      message: { role: "user", content: text },
      timestamp: "2026-01-01T00:00:00Z",
    });
    await writeFile(file, `${line(1)}${long}\n${line(2)}`);
    expect(await inputs()).toEqual([1, undefined, 2]);
  });
});
