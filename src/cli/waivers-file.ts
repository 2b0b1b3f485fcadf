import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { LockstepError } from "../contract/index.ts";
import { readWaivers, type Waiver } from "../harness/waivers/index.ts";

/** The waivers file that is taken, when it is there, unless another is named. */
export const WAIVERS_FILE = "lockstep.waivers.yaml";

/** Today's date in UTC, `YYYY-MM-DD`: waivers expire at the end of a day there. */
export const todayUtc = (): string => new Date().toISOString().slice(0, 10);

/** Content of a file. @throws LockstepError USAGE when it cannot be read */
export function readNamed(file: string, cwd: string): string {
  try {
    return readFileSync(resolve(cwd, file), "utf8");
  } catch (error) {
    throw new LockstepError("USAGE", `cannot read ${file}`, {
      cause: error,
      hint: "is the path right? It starts from the working directory",
    });
  }
}

/**
 * The waivers of a run.
 * @param named a file, `false` for none, or nothing for `lockstep.waivers.yaml` in the working directory.
 * @throws LockstepError WAIVERS_INVALID, or USAGE when a file that is named is not there.
 */
export function loadWaivers(named: string | false | undefined, cwd: string): readonly Waiver[] {
  if (named === false) return [];
  if (named === undefined && !existsSync(resolve(cwd, WAIVERS_FILE))) return [];
  const file = named ?? WAIVERS_FILE;
  return readWaivers(readNamed(file, cwd), file, todayUtc());
}
