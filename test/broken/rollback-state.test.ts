import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, symlinkSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { rehearseRollback } from "../../src/harness/rollback/index.ts";
import { seedState } from "../../src/harness/rollback/seed.ts";
import type { Target } from "../../src/harness/target/index.ts";
import { referenceTarget } from "../support/reference.ts";

const SMALL = { agents: 2, sessions: 24, sample: 4, timeoutMs: 10_000 };

/** Every file below a folder with its bytes and times: what must not move. */
function picture(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => `${path} ${statSync(path).mtimeMs} ${readFileSync(path, "hex")}`);
}

/** The bundled gateway under a name, and what is done to it beside being started. */
function observed(name: string): Target & { readonly done: string[] } {
  const done: string[] = [];
  const target = referenceTarget();
  return {
    ...target,
    name,
    done,
    launch: async (state, conditions) => {
      const running = await target.launch(state, conditions);
      const told = (what: "kill" | "start" | "dispose") => async () => {
        done.push(what);
        await running[what]();
      };
      return { ...running, kill: told("kill"), start: told("start"), dispose: told("dispose") };
    },
  };
}

let scratch = "";
beforeEach(() => {
  scratch = realpathSync(mkdtempSync(join(tmpdir(), "lockstep-state-")));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

describe("a rehearsal", { timeout: 60_000 }, () => {
  it("leaves the state it copied alone, though its transcripts are named by a link to it", async () => {
    const original = join(scratch, "original");
    const link = join(scratch, "link");
    await mkdir(original);
    symlinkSync(original, link);
    const files = seedState({ agents: ["main", "ops"], sessions: 30, now: Date.now(), stateDir: link });
    const [path, store] = [...files].find(([name]) => name.endsWith("main/sessions/sessions.json")) ?? [];
    if (path === undefined || store === undefined) throw new Error("no store");
    // As a gateway leaves it that was started on the link: every session names its transcript.
    const entries = Object.entries(JSON.parse(store) as Record<string, Record<string, unknown>>).map(
      ([key, entry]) => [
        key,
        { sessionFile: join(link, dirname(path), `${String(entry["sessionId"])}.jsonl`), ...entry },
      ],
    );
    files.set(path, JSON.stringify(Object.fromEntries(entries)));
    for (const [name, content] of files) {
      await mkdir(dirname(join(original, name)), { recursive: true });
      await writeFile(join(original, name), content);
    }
    const before = picture(original);

    const target = observed("target");
    const report = await rehearseRollback({ ...SMALL, oracle: referenceTarget(), target, state: link });

    expect(picture(original)).toEqual(before);
    expect(report.differences).toEqual([]);
    expect(report.agents).toBe(3);
    expect(report.turns[0]?.sessions).toBeGreaterThanOrEqual(30);
    expect(report.leftOut).toEqual([expect.stringMatching(/^openclaw\.json, apart from/)]);
    expect(target.done).toEqual(["dispose", "dispose"]);
  });

  it("kills and starts the target after each of its turns when that is asked, and never the oracle", async () => {
    const [oracle, target] = [observed("oracle"), observed("target")];
    const progress: string[] = [];
    const report = await rehearseRollback({
      ...SMALL,
      oracle,
      target,
      crash: true,
      onProgress: (text) => progress.push(text),
    });
    expect(report.differences).toEqual([]);
    expect(target.done).toEqual(["kill", "start", "dispose", "kill", "start", "dispose"]);
    expect(oracle.done).toEqual(["dispose", "dispose"]);
    expect(progress[0]).toBe("oracle: starting");
    expect(progress).toContain("target: the questions that oracle answered");
    expect(progress.at(-1)).toBe("target: stopping");
  });

  it("ends before its next turn when it is interrupted", async () => {
    const [oracle, target] = [observed("oracle"), observed("target")];
    const over = new AbortController();
    const rehearsal = rehearseRollback({
      ...SMALL,
      oracle,
      target,
      signal: over.signal,
      onProgress: (text) => {
        if (text === "oracle: stopping") over.abort();
      },
    });
    await expect(rehearsal).rejects.toThrow("interrupted after 1 of 4 turns");
    expect(oracle.done).toEqual(["dispose"]);
    expect(target.done).toEqual([]);
  });

  it("refuses a gateway that runs already, on either side", async () => {
    const running = { ...referenceTarget(), name: "ws://127.0.0.1:9", launches: false };
    const parties = { oracle: referenceTarget(), target: referenceTarget() };
    for (const side of ["oracle", "target"] as const) {
      await expect(rehearseRollback({ ...SMALL, ...parties, [side]: running })).rejects.toMatchObject({
        code: "TARGET_INVALID",
        message: expect.stringContaining("runs already") as unknown,
      });
    }
  });

  it("refuses a state directory that is not there", async () => {
    const state = join(scratch, "none");
    const parties = { oracle: referenceTarget(), target: referenceTarget() };
    await expect(rehearseRollback({ ...SMALL, ...parties, state })).rejects.toMatchObject({
      code: "USAGE",
      message: `there is no state directory ${state}`,
    });
  });
});
