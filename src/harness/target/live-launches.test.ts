import { spawn } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { cleanUpOnExit } from "./live-launches.ts";
import { isAlive } from "./process-group.ts";

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
let root: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "lockstep-exit-")));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

/** A process that launches a target and then does as told. @returns how it ended, and whether the target outlived it */
async function runLauncher(
  then: string,
): Promise<{ code: number | null; signal: string | null; pid: number }> {
  const states = join(root, "states");
  const note = join(root, "pid");
  const program = join(root, "launcher.mts");
  writeFileSync(
    program,
    `import { readFileSync, writeFileSync } from "node:fs";
import { resolveTarget } from ${JSON.stringify(here("resolve-target.ts"))};
const target = resolveTarget(${JSON.stringify(`cmd:'${process.execPath}' '${here("fake-gateway.mjs")}' --port {port}`)});
const running = await target.launch({ config: {}, files: new Map(), env: {} }, { stateRoot: ${JSON.stringify(states)} });
writeFileSync(${JSON.stringify(note)}, String(JSON.parse(readFileSync(running.stateDir + "/own.json", "utf8")).pid));
${then}
`,
  );
  const child = spawn(process.execPath, ["--import", "tsx", program], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  const ended = await new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once("exit", (code, signal) => {
      resolve({ code, signal });
    });
  });
  expect(existsSync(note)).toBe(true);
  expect(readdirSync(states)).toEqual([]);
  return { ...ended, pid: Number(readFileSync(note, "utf8")) };
}

async function expectGone(pid: number): Promise<void> {
  await vi.waitFor(() => {
    expect(isAlive(pid)).toBe(false);
  });
}

it("ends what was launched when the process exits", async () => {
  const { code, pid } = await runLauncher("process.exit(3);");
  expect(code).toBe(3);
  await expectGone(pid);
});

it("ends it on a signal, which keeps its effect", async () => {
  const { signal, pid } = await runLauncher(
    'process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000);',
  );
  expect(signal).toBe("SIGTERM");
  await expectGone(pid);
});

it("leaves the signal's effect to whoever else listens for it", async () => {
  const { code, pid } = await runLauncher(
    'process.once("SIGINT", () => setTimeout(() => process.exit(5), 50)); process.kill(process.pid, "SIGINT"); setInterval(() => {}, 1000);',
  );
  expect(code).toBe(5);
  await expectGone(pid);
});

describe("cleanUpOnExit", () => {
  // One that neither the test runner nor anything here listens for.
  const SIGNAL = "SIGHUP";
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("runs every cleanup once, whichever fails, and gives the signal its effect back", () => {
    expect(process.listenerCount(SIGNAL)).toBe(0);
    const kill = vi.spyOn(process, "kill").mockReturnValue(true);
    const ran: string[] = [];
    cleanUpOnExit(() => {
      ran.push("first");
      throw new Error("stuck");
    });
    const forget = cleanUpOnExit(() => ran.push("second"));
    cleanUpOnExit(() => ran.push("third"))();
    process.emit(SIGNAL, SIGNAL);
    expect(ran).toEqual(["first", "second"]);
    expect(kill.mock.calls).toEqual([[process.pid, SIGNAL]]);
    expect(process.listenerCount(SIGNAL)).toBe(0);
    forget();
  });

  it("leaves what the signal does to whoever else listens", () => {
    const kill = vi.spyOn(process, "kill").mockReturnValue(true);
    const heard: string[] = [];
    const other = () => heard.push("other");
    process.on(SIGNAL, other);
    const forget = cleanUpOnExit(() => heard.push("cleanup"));
    process.emit(SIGNAL, SIGNAL);
    process.off(SIGNAL, other);
    expect(heard).toEqual(["cleanup", "other"]);
    expect(kill).not.toHaveBeenCalled();
    forget();
  });

  it("listens only while there is something to clean up", () => {
    const before = [process.listenerCount("exit"), process.listenerCount(SIGNAL)];
    const forget = [cleanUpOnExit(() => undefined), cleanUpOnExit(() => undefined)];
    expect([process.listenerCount("exit"), process.listenerCount(SIGNAL)]).toEqual(before.map((n) => n + 1));
    for (const one of forget) one();
    for (const one of forget) one();
    expect([process.listenerCount("exit"), process.listenerCount(SIGNAL)]).toEqual(before);
  });
});
