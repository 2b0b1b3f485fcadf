import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { runTool, type ToolSurroundings } from "./tools.ts";

let directory: string;
let surroundings: ToolSurroundings;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "lockstep-tools-"));
  const workspace = path.join(directory, "workspace");
  await mkdir(workspace);
  await writeFile(path.join(workspace, "note.txt"), "inside");
  await writeFile(path.join(directory, "secret.txt"), "outside");
  await symlink(path.join(directory, "secret.txt"), path.join(workspace, "link.txt"));
  surroundings = { workspace, describeSession: () => "fine", signal: new AbortController().signal };
});
afterEach(() => rm(directory, { recursive: true, force: true }));

it.each([
  ["read", { path: "note.txt" }, { text: "inside", isError: false }],
  ["read", { path: "note.txt", offset: 2 }, { text: "side", isError: false }],
  [
    "read",
    { path: "../secret.txt" },
    { text: "Path is outside of the workspace: ../secret.txt", isError: true },
  ],
  ["read", { path: "link.txt" }, { text: "Path is outside of the workspace: link.txt", isError: true }],
  ["read", { path: "." }, { text: "Not a file: .", isError: true }],
  ["read", {}, { text: "Missing required parameter: path", isError: true }],
  ["session_status", {}, { text: "fine", isError: false }],
  ["constructor", {}, { text: "Tool constructor not found", isError: true }],
])("%s %j", async (name, args, outcome) => {
  expect(await runTool(name, args, surroundings)).toEqual(outcome);
});

it("reads a long file in parts", async () => {
  await writeFile(path.join(surroundings.workspace, "long.txt"), "z".repeat(60_000));
  const { text } = await runTool("read", { path: "long.txt" }, surroundings);
  expect(text).toMatch(/z\n\[8800 more bytes; continue with offset 51200\]$/);
});

it.skipIf(process.platform === "win32")("does not wait for a pipe", async () => {
  execFileSync("mkfifo", [path.join(surroundings.workspace, "pipe")]);
  expect(await runTool("read", { path: "pipe" }, surroundings)).toEqual({
    text: "Not a file: pipe",
    isError: true,
  });
});
