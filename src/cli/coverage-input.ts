import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { LockstepError } from "../contract/index.ts";
import { buildLedger, exclusionsFile, type FamilyExclusion, type Ledger } from "../harness/coverage/index.ts";
import type { RecordingFile } from "../harness/learn/index.ts";
import { readAdvertised } from "../harness/record/index.ts";
import { checkShape } from "../harness/scenario/check-shape.ts";
import { readYaml } from "../harness/scenario/yaml-source.ts";
import { readOracle } from "./recordings.ts";

/** Reasons for what is not recorded, below a suite's root. */
const EXCLUSIONS = "conformance/exclusions.yaml";

/** The exclusions of a suite; none where it has no such file. @throws LockstepError EXCLUSIONS_INVALID */
function readExclusions(root: string): readonly FamilyExclusion[] {
  const file = join(root, EXCLUSIONS);
  if (!existsSync(file)) return [];
  const read = readYaml(EXCLUSIONS, readFileSync(file, "utf8"));
  const problems = "problems" in read ? read.problems : checkShape(exclusionsFile, read.source);
  if (problems.length > 0) {
    throw new LockstepError(
      "EXCLUSIONS_INVALID",
      problems.map(({ line, column, message }) => `${EXCLUSIONS}:${line}:${column}: ${message}`).join("\n"),
      { hint: "see schemas/lockstep/exclusions.schema.json" },
    );
  }
  return "source" in read ? exclusionsFile.parse(read.source.value).exclusions : [];
}

/**
 * The coverage ledger of a suite.
 * @param oracle such as `openclaw@2026.2.17`
 * @param recordings of that oracle
 * @throws LockstepError EXCLUSIONS_INVALID, RECORDING_INVALID
 */
export async function loadLedger(
  root: string,
  oracle: string,
  recordings: ReadonlyMap<string, RecordingFile>,
): Promise<Ledger> {
  return buildLedger({
    oracle,
    recordings: recordings.values(),
    advertised: await readAdvertised(root, readOracle(oracle)),
    exclusions: readExclusions(root),
  });
}
