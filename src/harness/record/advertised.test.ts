import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { put } from "../../../test/support/private-suite.ts";
import { keepAdvertised, readAdvertised } from "./advertised.ts";
import { readAccepted } from "./files.ts";

const ORACLE = { name: "openclaw", version: "2026.2.17", protocol: 3, node: "v20.20.2" };
const FILE = "recordings/openclaw-2026.2.17/advertised.json";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "lockstep-advertised-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const keep = (methods: string[], events: string[], day: string) =>
  keepAdvertised(root, {
    oracle: ORACLE,
    tool: "lockstep 1",
    advertised: { methods, events },
    now: new Date(`${day}T00:00:00.000Z`),
  });

describe("keepAdvertised", () => {
  it("writes what the oracle names, in its order, with where it comes from", async () => {
    const moved = await keep(["health", "a.b"], ["tick"], "2026-02-18");
    expect(moved).toEqual({ file: FILE, isNew: true, added: ["health", "a.b", "tick"], removed: [] });
    expect(JSON.parse(readFileSync(join(root, FILE), "utf8"))).toEqual({
      format: "lockstep-advertised/1",
      oracle: ORACLE,
      recorded: { at: "2026-02-18T00:00:00.000Z", tool: "lockstep 1" },
      methods: ["health", "a.b"],
      events: ["tick"],
    });
    expect((await readAdvertised(root, ORACLE))?.methods).toEqual(["health", "a.b"]);
  });

  it("leaves a file alone that says so already", async () => {
    await keep(["health"], ["tick"], "2026-02-18");
    const before = readFileSync(join(root, FILE), "utf8");
    expect(await keep(["health"], ["tick"], "2026-03-01")).toBeUndefined();
    expect(readFileSync(join(root, FILE), "utf8")).toBe(before);
  });

  it("says what came and what went", async () => {
    await keep(["health", "old"], ["tick"], "2026-02-18");
    expect(await keep(["health", "new"], ["tick", "cron"], "2026-03-01")).toMatchObject({
      isNew: false,
      added: ["new", "cron"],
      removed: ["old"],
    });
  });

  it("is no recording", async () => {
    await keep(["health"], [], "2026-02-18");
    expect(await readAccepted(root)).toEqual([]);
  });
});

describe("readAdvertised", () => {
  it("finds nothing where nobody asked", async () => {
    expect(await readAdvertised(root, ORACLE)).toBeUndefined();
  });

  it.each([["{"], ['{"methods": []}']])("refuses %s", async (text) => {
    put(root, FILE, text);
    await expect(readAdvertised(root, ORACLE)).rejects.toMatchObject({
      code: "RECORDING_INVALID",
      exitCode: 2,
    });
  });
});
