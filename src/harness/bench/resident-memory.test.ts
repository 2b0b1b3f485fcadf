import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { groupBytes, residentBytes } from "./resident-memory.ts";

const MEGABYTE = 1_024 * 1_024;
const { platform } = process;
const pretend = (name: string): void => {
  Object.defineProperty(process, "platform", { value: name });
};

/** Holds 64 MB, and so does its child, which is of the same group. */
const HOLDER = `
  const held = Buffer.alloc(${64 * MEGABYTE}, 1);
  if (process.argv[1] === "child") { console.log("held", held.length); setInterval(() => {}, 1000); }
  else require("node:child_process").spawn(process.execPath, ["-e", process.env.HOLDER, "child"], { stdio: "inherit" });
`;

describe("groupBytes", () => {
  it("adds up the processes of one group in what ps prints", () => {
    expect(groupBytes("  10  100\n  11 5\n  10 24\n\n", 10)).toBe(124 * 1_024);
    expect(groupBytes("  10\n", 10)).toBe(0);
    expect(groupBytes("", 10)).toBe(0);
  });
});

describe.skipIf(platform === "win32")("residentBytes", () => {
  let child: ChildProcess;
  const group = (): number => child.pid ?? 0;
  const end = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    process.kill(-group(), "SIGKILL");
    await ended;
  };

  beforeEach(async () => {
    child = spawn(process.execPath, ["-e", HOLDER], {
      detached: true,
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, HOLDER },
    });
    if (child.stdout !== null) await once(child.stdout, "data");
  });
  afterEach(async () => {
    pretend(platform);
    await end();
  });

  it("is that of all processes of a group, as the system tells it", async () => {
    expect(residentBytes(group())).toBeGreaterThan(128 * MEGABYTE);
    await end();
    await vi.waitFor(() => expect(residentBytes(group())).toBeUndefined());
  });

  it("is read from ps where there is no /proc", () => {
    pretend("darwin");
    expect(residentBytes(group())).toBeGreaterThan(128 * MEGABYTE);
    expect(residentBytes(999_999_999)).toBeUndefined();
  });

  it("is nothing where nobody tells", () => {
    pretend("win32");
    expect(residentBytes(group())).toBeUndefined();
  });
});
