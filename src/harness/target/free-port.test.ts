import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
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

describe("a port that the system names", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "lockstep-claims-"));
    // Where claims lie; nothing else is asked for it here.
    vi.stubEnv("TMPDIR", root);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    rmSync(root, { recursive: true, force: true });
  });

  /** The ports of the system's next answers, which nobody has to listen on. */
  function naming(...ports: readonly number[]): void {
    const address = vi.spyOn(Server.prototype, "address");
    for (const port of ports) address.mockReturnValueOnce({ address: "127.0.0.1", family: "IPv4", port });
  }

  async function reserved(): Promise<number> {
    const port = await reservePort();
    releasePort(port);
    return port;
  }

  it("is not taken while another run that lives has it", async () => {
    mkdirSync(join(root, "lockstep-ports"));
    writeFileSync(claimOf(70_001), String(process.ppid));
    naming(70_001, 70_002);
    expect(await reserved()).toBe(70_002);
    expect(readFileSync(claimOf(70_001), "utf8")).toBe(String(process.ppid));
  });

  it("is not taken twice by this run", async () => {
    naming(70_003, 70_003, 70_004);
    const first = await reservePort();
    expect([first, await reserved()]).toEqual([70_003, 70_004]);
    releasePort(first);
    naming(70_003);
    expect(await reserved()).toBe(70_003);
  });

  it("is not taken while its claim cannot be read", async () => {
    mkdirSync(join(root, "lockstep-ports", "70005"), { recursive: true });
    naming(70_005, 70_006);
    expect(await reserved()).toBe(70_006);
  });

  it("is taken where claims cannot be written at all", async () => {
    writeFileSync(join(root, "lockstep-ports"), "no folder");
    naming(70_007);
    expect(await reserved()).toBe(70_007);
  });

  it("is none when the system names none", async () => {
    const failure = new Error("no socket is left");
    vi.spyOn(Server.prototype, "listen").mockImplementationOnce(function (this: Server) {
      queueMicrotask(() => this.emit("error", failure));
      return this;
    });
    await expect(reservePort()).rejects.toBe(failure);
  });
});
