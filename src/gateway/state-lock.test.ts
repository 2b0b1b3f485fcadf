import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockState, processStart, stateHolder } from "./state-lock.ts";

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "lockstep-lock-"));
  file = path.join(directory, "lockstep-gateway.lock");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const content = () => JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
const locked = { name: "GatewayError", code: "STATE_LOCKED" };
/** A lock as somebody else would have written it. */
function leave(change: Record<string, unknown>): void {
  lockState(directory)();
  const release = lockState(directory);
  const own = content();
  release();
  writeFileSync(file, JSON.stringify({ ...own, ...change }));
}

describe("lockState", () => {
  it("lets one hold a directory, says who it is, and lets the next in afterwards", () => {
    const release = lockState(directory);
    expect(() => lockState(`${directory}/`)).toThrow(
      expect.objectContaining({
        ...locked,
        message: expect.stringContaining(`process id ${process.pid}`),
        hint: expect.stringContaining("--state-dir"),
      }),
    );
    expect(stateHolder(directory)).toMatchObject({ pid: process.pid });
    release();
    release();
    expect(readdirSync(directory)).toEqual([]);
    expect(stateHolder(directory)).toBeUndefined();
    lockState(directory)();
  });

  it("is kept from nobody by another directory, also one that is not there yet", () => {
    const places = ["a", "b"].map((name) => path.join(directory, "new", name));
    const releases = places.map((place) => lockState(place));
    expect(places.map((place) => stateHolder(place)?.pid)).toEqual([process.pid, process.pid]);
    for (const release of releases) release();
  });

  it("is held by another process while that runs, and not any more when it was killed", async () => {
    const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    const { pid = 0 } = other;
    leave({ pid, processStart: processStart(pid) });
    expect(() => lockState(directory)).toThrow(expect.objectContaining(locked));
    other.kill("SIGKILL");
    await once(other, "exit");
    lockState(directory)();
    expect(readdirSync(directory)).toEqual([]);
  });

  it.each([
    ["a later process with the same id", { pid: process.ppid, processStart: "another" }],
    ["an earlier life of this process", { token: "another" }],
  ])("takes over what was left by %s", (_who, change) => {
    leave(change);
    lockState(directory)();
    expect(readdirSync(directory)).toEqual([]);
  });

  it("takes over what is no lock at all", () => {
    writeFileSync(file, "");
    lockState(directory)();
    expect(readdirSync(directory)).toEqual([]);
  });

  it("believes another machine as long as it touches its lock", () => {
    leave({ host: "elsewhere.example", pid: 1 });
    expect(() => lockState(directory)).toThrow(" on elsewhere.example");
    utimesSync(file, 1, 1);
    lockState(directory)();
  });

  it("says when the directory cannot be used", () => {
    writeFileSync(path.join(directory, "plain"), "");
    expect(() => lockState(path.join(directory, "plain"))).toThrow(
      expect.objectContaining({ code: "STATE_UNREADABLE" }),
    );
  });
});
