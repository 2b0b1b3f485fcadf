import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RollbackReport } from "../../src/harness/rollback/types.ts";
import { seedState } from "../../src/harness/rollback/seed.ts";
import { lockstep } from "../support/command.ts";

const WRAPPER = fileURLToPath(new URL("targets/tidying-gateway.mjs", import.meta.url));
const wrapped = (way: string) => `cmd:node "${WRAPPER}" ${way} {port} {state}`;
const SMALL = ["--oracle", "reference", "--agents", "2", "--sessions", "24", "--sample", "5"];

const reportOf = (stdout: string) => JSON.parse(stdout) as RollbackReport;

/** Every file below a folder with its bytes and times: what must not move. */
function picture(root: string): Map<string, string> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path, `${statSync(path).mtimeMs} ${readFileSync(path, "hex")}`];
    }),
  );
}

let scratch = "";
let stateDir = "";

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), "lockstep-rollback-e2e-"));
  stateDir = join(scratch, "state");
  const files = seedState({ agents: ["main", "ops"], sessions: 30, now: Date.now(), stateDir });
  const config = {
    gateway: { port: 1, auth: { mode: "password", password: "of the original" } },
    channels: { telegram: { botToken: "not-a-token" } },
  };
  files.set("openclaw.json", JSON.stringify(config));
  files.set("workspace/work.txt", "of an agent");
  for (const [path, content] of files) {
    await mkdir(dirname(join(stateDir, path)), { recursive: true });
    await writeFile(join(stateDir, path), content);
  }
});

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("lockstep rollback-check", { timeout: 90_000 }, () => {
  it("holds for the bundled gateway on both sides, and says what it did", async () => {
    const { exitCode, stdout } = await lockstep(["rollback-check", "reference", ...SMALL]);
    expect(stdout).toMatch(/^1 {2}reference \(oracle\) .*\n2 {2}reference \(target\)/m);
    expect(stdout).toContain("HOLDS  reference can be cut over to, and rolled back to reference");
    expect(exitCode).toBe(0);
  });

  it("holds after kill -9 once the gateway was started and stopped", async () => {
    const { exitCode } = await lockstep(["rollback-check", "reference", ...SMALL, "--crash"]);
    expect(exitCode).toBe(0);
  });

  it("works on a copy of a state directory, and leaves the original alone", async () => {
    const before = picture(stateDir);
    const { exitCode, stdout } = await lockstep([
      "rollback-check",
      "reference",
      ...SMALL,
      "--state",
      stateDir,
      "--json",
    ]);
    const report = reportOf(stdout);
    expect(report.differences).toEqual([]);
    expect(exitCode).toBe(0);
    expect(report.turns[0]?.sessions).toBeGreaterThanOrEqual(30);
    expect(report.leftOut).toContain("workspace");
    expect(picture(stateDir)).toEqual(before);
  });

  it("finds a command that drops a field when it is stopped, and says where", async () => {
    const args = ["rollback-check", wrapped("drops-unknown"), ...SMALL];
    const [json, pretty] = await Promise.all([lockstep([...args, "--json"]), lockstep(args)]);
    expect(reportOf(json.stdout).differences).toContainEqual(
      expect.objectContaining({ part: "store", pointer: "/x-later" }),
    );
    expect(json.exitCode).toBe(1);
    expect(pretty.stdout).toMatch(/✗ changed an entry unasked: agents\/main\/sessions\/sessions\.json/);
    expect(pretty.stdout).toMatch(/^DIFFERS {2}\d+ differences/m);
    expect(pretty.exitCode).toBe(1);
  });

  it("holds for sessions in SQLite when they are migrated on the way in and on the way back", async () => {
    const args = ["rollback-check", wrapped("sqlite"), ...SMALL, "--json"];
    const { exitCode, stdout, stderr } = await lockstep(args);
    expect(stderr).toBe("");
    expect(reportOf(stdout).differences).toEqual([]);
    expect(exitCode).toBe(0);
  });

  it("refuses a gateway that runs already", async () => {
    const { exitCode, stderr } = await lockstep(["rollback-check", "ws://127.0.0.1:9"]);
    expect(stderr).toContain("runs already: nobody here can stop it");
    expect(stderr).toContain("code: TARGET_INVALID");
    expect(exitCode).toBe(2);
  });

  it("ends in 3 when the target does not run", async () => {
    const target = 'cmd:node -e "process.exit(7)" {port}';
    const { exitCode, stderr } = await lockstep(["rollback-check", target, ...SMALL]);
    expect(stderr).toContain("code: TARGET_DIED");
    expect(exitCode).toBe(3);
  });

  it("refuses a state directory that is not there, and one that keeps its sessions elsewhere", async () => {
    const args = ["rollback-check", "reference", ...SMALL, "--state"];
    const missing = await lockstep([...args, join(scratch, "none")]);
    expect(missing.stderr).toContain("there is no state directory");
    expect(missing.exitCode).toBe(2);
    const elsewhere = join(scratch, "elsewhere");
    await mkdir(elsewhere);
    await writeFile(join(elsewhere, "openclaw.json"), '{ session: { store: "/var/lib/other.json" } }');
    const outside = await lockstep([...args, elsewhere]);
    expect(outside.stderr).toContain("outside the state directory");
    expect(outside.exitCode).toBe(2);
  });
});
