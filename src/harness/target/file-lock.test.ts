import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { withFileLock } from "./file-lock.ts";

let root: string;
let lock: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "lockstep-lock-"));
  lock = join(root, "x.lock");
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

it("lets one in at a time, and tells who waits", async () => {
  let inside = 0;
  let most = 0;
  let waits = 0;
  await Promise.all(
    [1, 2, 3].map(() =>
      withFileLock(
        lock,
        () => {
          waits += 1;
        },
        async () => {
          inside += 1;
          most = Math.max(most, inside);
          await sleep(20);
          inside -= 1;
        },
      ),
    ),
  );
  expect(most).toBe(1);
  expect(waits).toBe(2);
  expect(existsSync(lock)).toBe(false);
});

it("is given back when the work fails", async () => {
  const failing = withFileLock(
    lock,
    () => undefined,
    () => Promise.reject(new Error("no")),
  );
  await expect(failing).rejects.toThrow("no");
  expect(existsSync(lock)).toBe(false);
});

it("of a process that died is taken over", async () => {
  const dead = spawnSync(process.execPath, ["-e", ""]).pid;
  writeFileSync(lock, `${hostname()} ${dead}`);
  await expect(
    withFileLock(
      lock,
      () => undefined,
      () => Promise.resolve("in"),
    ),
  ).resolves.toBe("in");
});
