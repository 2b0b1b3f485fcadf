import { readdirSync, renameSync } from "node:fs";
import path from "node:path";

const MARKER = ".corrupt-";

/**
 * Moves a file that cannot be read as sessions out of the way, so that nothing overwrites it.
 * @param now milliseconds since 1970; becomes part of the name.
 * @returns where it is now, or nothing when it cannot be moved.
 */
export function setAside(file: string, now: number): string | undefined {
  const aside = `${file}${MARKER}${new Date(now).toISOString().replaceAll(":", "-")}`;
  try {
    renameSync(file, aside);
    return aside;
  } catch {
    return undefined;
  }
}

/** The newest file that was set aside, if there is one. */
export function findSetAside(file: string): string | undefined {
  const prefix = `${path.basename(file)}${MARKER}`;
  let names: string[];
  try {
    names = readdirSync(path.dirname(file));
  } catch {
    return undefined;
  }
  return names
    .filter((name) => name.startsWith(prefix))
    .sort()
    .at(-1);
}

/** Why a store without its file refuses writes, and what to do about it. */
export function corruptionText(file: string, asideName: string): string {
  return (
    `session store ${file} was corrupt and is kept as ${asideName}; writes are refused until a valid ` +
    "sessions.json is put in its place or the kept file is moved away"
  );
}

/** Why a store refuses writes whose journal is damaged, and what to do about it. */
export function journalCorruptionText(file: string, asideName: string): string {
  return (
    `the journal of session store ${file} was corrupt and is kept as ${asideName}; writes are refused until ` +
    "the kept file is moved away, which gives up the changes in it"
  );
}
