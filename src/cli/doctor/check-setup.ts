import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { PROTOCOL_VERSION } from "../../contract/index.ts";
import type { Check } from "../../harness/doctor/index.ts";
import { loadSuite } from "../../harness/scenario/index.ts";
import { loadRecordings } from "../recordings.ts";
import { toolVersion } from "../version.ts";

const setUp = (name: string, state: Check["state"], message: string, advice?: string): Check => ({
  name,
  about: "set-up",
  state,
  message,
  ...(advice === undefined ? {} : { advice }),
});

/** Whether a version of Node is one that package.json asks for: 20.19, 22.12, or 24 and later. */
export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  const fits = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major >= 24;
  return fits
    ? setUp("node", "ok", version)
    : setUp("node", "fail", version, "install Node 20.19, 22.12, 24 or later");
}

async function checkRecordings(root: string, oracle: string): Promise<Check> {
  const [suite, recordings] = await Promise.all([loadSuite(root), loadRecordings(root, oracle)]);
  const { size } = suite.scenarios;
  const recorded = [...suite.scenarios.keys()].filter((id) => recordings.has(id)).length;
  const message = `${recorded} of ${size} scenarios recorded from ${oracle}`;
  if (recorded === 0)
    return setUp("recordings", "fail", message, "install lockstep again, or see --suite and --oracle");
  return recorded === size
    ? setUp("recordings", "ok", message)
    : setUp("recordings", "warn", message, "scenarios without a recording end incomplete: lockstep record");
}

async function checkSqlite(): Promise<Check> {
  try {
    const { default: Database } = await import("better-sqlite3");
    new Database(":memory:").close();
    return setUp("sqlite", "ok", "better-sqlite3 loads");
  } catch (error) {
    const message = (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";
    const advice = "only the bundled gateway with a .sqlite store needs it: npm rebuild better-sqlite3";
    return setUp("sqlite", "warn", message, advice);
  }
}

function checkFolder(cwd: string): Check {
  try {
    rmSync(mkdtempSync(join(cwd, ".lockstep-doctor-")), { recursive: true });
    return setUp("folder", "ok", "reports and .lockstep/ can be written here");
  } catch {
    return setUp(
      "folder",
      "warn",
      `${cwd} cannot be written`,
      "--out elsewhere; --failed will remember nothing",
    );
  }
}

/**
 * How lockstep itself is set up.
 * @throws LockstepError when the suite cannot be read.
 */
export async function checkSetup(options: {
  readonly root: string;
  readonly oracle: string;
  readonly cwd: string;
}): Promise<Check[]> {
  return [
    checkNode(process.version),
    setUp("lockstep", "ok", `${toolVersion()}, protocol ${PROTOCOL_VERSION}`),
    await checkRecordings(options.root, options.oracle),
    await checkSqlite(),
    checkFolder(options.cwd),
  ];
}
