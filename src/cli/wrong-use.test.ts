import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runHere } from "../../test/support/in-process.ts";
import { coloured } from "../harness/report/paint.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lockstep-wrong-"));
  mkdirSync(join(folder, "dir"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function run(...args: string[]): Promise<{ exitCode: number; err: string }> {
  const { exitCode, err } = await runHere(args, folder);
  return { exitCode, err };
}

describe("a command line that makes no sense", () => {
  it.each([
    ["an unknown flag", ["run", "--nope"], "lockstep run --help"],
    ["a wrong value", ["run", "--shard", "5/4"], "lockstep run --help"],
    ["a missing word", ["show"], "lockstep show --help"],
    ["a missing flag of a command in a group", ["waivers", "update"], "lockstep waivers update --help"],
    ["an unknown command", ["rnu"], "lockstep --help"],
  ])("%s ends as every error does, and names the help of its command", async (_, args, help) => {
    const { exitCode, err } = await run(...args);
    expect(exitCode).toBe(2);
    expect(err).toMatch(/^error: /);
    expect(err).toContain(`hint: ${help} shows what fits\ncode: USAGE (exit 2)\n`);
  });

  it.each([
    [
      "an oracle that nobody recorded",
      ["run", "--oracle", "openclaw@2026.1.1"],
      "nothing is recorded from openclaw@2026.1.1\nhint: recorded: openclaw@2026.2.17",
      "USAGE",
    ],
    ["a folder as configuration", ["run", "--config", "dir"], "dir is a folder", "SETTINGS_INVALID"],
    [
      "what is launched, where a URL is asked for",
      ["cleanup", "reference"],
      "runs already",
      "TARGET_INVALID",
    ],
    ["no target at all", ["cleanup", "nope"], "runs already", "TARGET_INVALID"],
    [
      "a gateway's configuration that is not there",
      ["gateway", "--config", "gone.json"],
      "there is no gone.json",
      "CONFIG_UNREADABLE",
    ],
    ["a second target", ["run", "reference", "ws://127.0.0.1:1"], "one target", "USAGE"],
    [
      "an identity in a folder that is not there",
      ["keygen", "--out", "gone/k.json"],
      "is its folder there",
      "DEVICE_IDENTITY_INVALID",
    ],
  ])("%s is refused", async (_, args, text, code) => {
    const { exitCode, err } = await run(...args);
    expect({ exitCode, err }).toEqual({
      exitCode: 2,
      err: expect.stringContaining(`code: ${code} (exit 2)`) as string,
    });
    expect(err).toContain(text);
  });
});

it("schemas are written beside files of others, which stay", async () => {
  const mine = join(folder, "dir", "mine.schema.json");
  writeFileSync(mine, "{}");
  expect(await run("schemas", "--out", "dir")).toEqual({ exitCode: 0, err: "" });
  expect(readFileSync(mine, "utf8")).toBe("{}");
  expect(readdirSync(join(folder, "dir")).length).toBeGreaterThan(1);
  expect((await run("schemas", "--out", "dir/mine.schema.json")).err).toContain("is it a folder");
});

it("colours wherever the caller says so", () => {
  expect(process.stdout.isTTY).not.toBe(true);
  expect(coloured("red", "x")).toBe("\u001B[31mx\u001B[39m");
});
