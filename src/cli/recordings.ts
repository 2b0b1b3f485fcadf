import { LockstepError } from "../contract/index.ts";
import type { RecordingFile } from "../harness/learn/index.ts";
import { readAccepted } from "../harness/record/index.ts";

/** The oracle that the project keeps in step with. */
export const DEFAULT_ORACLE = "openclaw@2026.2.17";

/** What a recording of a method of Lockstep's own names as its oracle. */
export const OWN_ORACLE = "lockstep";

/** Name and version of `openclaw@VERSION`. @throws LockstepError USAGE for anything else */
export function readOracle(text: string): { readonly name: string; readonly version: string } {
  const [, name, version] = /^(openclaw)@([\w.-]+)$/.exec(text) ?? [];
  if (name === undefined || version === undefined) {
    throw new LockstepError("USAGE", `${JSON.stringify(text)} is no oracle`, {
      hint: `such as ${DEFAULT_ORACLE}`,
    });
  }
  return { name, version };
}

/**
 * The accepted recordings of one oracle, and those of Lockstep's own methods, by scenario id.
 * @throws LockstepError RECORDING_INVALID; USAGE when there are recordings, but none of that oracle
 */
export async function loadRecordings(
  root: string,
  oracle: string,
): Promise<ReadonlyMap<string, RecordingFile>> {
  const { name, version } = readOracle(oracle);
  const stored = await readAccepted(root);
  const others = new Set(
    stored
      .map(({ recording }) => `${recording.oracle.name}@${recording.oracle.version}`)
      .filter((other) => !other.startsWith(`${OWN_ORACLE}@`)),
  );
  if (others.size > 0 && !others.has(oracle)) {
    throw new LockstepError("USAGE", `nothing is recorded from ${oracle}`, {
      hint: `recorded: ${[...others].join(", ")}`,
    });
  }
  return new Map(
    stored
      .filter(
        ({ recording: { oracle: from } }) =>
          from.name === OWN_ORACLE || (from.name === name && from.version === version),
      )
      .map(({ recording }) => [recording.scenario, recording]),
  );
}
