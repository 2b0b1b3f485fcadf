import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readWaivers } from "../harness/waivers/index.ts";
import { loadConfig } from "./config/load-config.ts";
import { configTemplate, WAIVERS_TEMPLATE } from "./init/templates.ts";
import type { Io } from "./io.ts";
import { buildProgram } from "./program.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lockstep-init-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function init(...args: readonly string[]): Promise<string> {
  let out = "";
  const io: Io = {
    out: (text) => void (out += text),
    err: () => {},
    env: {},
    cwd: folder,
    outIsTerminal: false,
    errIsTerminal: false,
    columns: 80,
    interrupted: new AbortController().signal,
  };
  const program = await buildProgram(["init"], io, () => {});
  await program.parseAsync(["init", ...args], { from: "user" });
  return out;
}

describe("lockstep init", () => {
  it.each([
    [
      'cmd:./port --name "a: b" --port {port}',
      { command: './port --name "a: b" --port {port}', readyTimeout: "30s" },
    ],
    ["ws://127.0.0.1:18789", { url: "ws://127.0.0.1:18789", tokenEnv: "LOCKSTEP_TOKEN" }],
    ["wss://gateway.example.test/x", { url: "wss://gateway.example.test/x", tokenEnv: "LOCKSTEP_TOKEN" }],
  ])("writes a configuration of %s that can be read", async (target, expected) => {
    const out = await init("--target", target);
    const loaded = await loadConfig(undefined, folder);
    expect(loaded?.config).toMatchObject({ target: "port", targets: { port: expected } });
    expect(readWaivers(WAIVERS_TEMPLATE, "lockstep.waivers.yaml", "2026-02-17")).toEqual([]);
    expect(out.match(/^ {2}npx lockstep /gm)).toHaveLength(3);
    expect(readdirSync(folder).toSorted()).toEqual(["lockstep.config.yaml", "lockstep.waivers.yaml"]);
  });

  it("takes a target that needs no name", () => {
    expect(parse(configTemplate("reference"))).toMatchObject({ target: "reference" });
  });

  it("overwrites nothing and says so", async () => {
    writeFileSync(join(folder, "lockstep.config.mjs"), "export default {};\n");
    writeFileSync(join(folder, "lockstep.waivers.yaml"), "mine");
    const out = await init();
    expect(out).toContain("kept     lockstep.config.mjs");
    expect(out).toContain("kept     lockstep.waivers.yaml");
    expect(readFileSync(join(folder, "lockstep.waivers.yaml"), "utf8")).toBe("mine");
    expect(readdirSync(folder)).not.toContain("lockstep.config.yaml");
  });

  it("writes a workflow when it is asked to", async () => {
    await init("--github");
    const text = readFileSync(join(folder, ".github/workflows/lockstep.yml"), "utf8");
    expect(parse(text)).toMatchObject({ name: "lockstep", jobs: { check: { steps: expect.any(Array) } } });
  });

  it.each(["./port", "http://127.0.0.1:1", ""])("refuses %j as a target", async (target) => {
    await expect(init("--target", target)).rejects.toMatchObject({ code: "USAGE" });
  });
});
