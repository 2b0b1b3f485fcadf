import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { releasePort, reservePort } from "./free-port.ts";

const claimOf = (port: number): string => join(tmpdir(), "lockstep-ports", String(port));

it("tells other runs which ports are taken, until they are given back", async () => {
  const ports = await Promise.all([reservePort(), reservePort(), reservePort()]);
  expect(new Set(ports).size).toBe(3);
  for (const port of ports) expect(readFileSync(claimOf(port), "utf8")).toBe(String(process.pid));
  for (const port of ports) releasePort(port);
  expect(ports.some((port) => existsSync(claimOf(port)))).toBe(false);
});

it("takes over what a run that is gone left behind", async () => {
  const port = await reservePort();
  releasePort(port);
  mkdirSync(join(tmpdir(), "lockstep-ports"), { recursive: true });
  // No process has this id: it is above what Linux and macOS hand out.
  writeFileSync(claimOf(port), "99999999");
  const again = await Promise.all(Array.from({ length: 20 }, () => reservePort()));
  for (const each of again) expect(readFileSync(claimOf(each), "utf8")).toBe(String(process.pid));
  for (const each of again) releasePort(each);
  rmSync(claimOf(port), { force: true });
});
