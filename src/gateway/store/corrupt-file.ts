import { readdirSync, renameSync } from "node:fs";
import path from "node:path";
import type { Refusal } from "./backing.ts";

const MARKER = ".corrupt-";
/** What a kept file is called from then on when its operator has given up what was in it. */
const ACCEPTED = ".accepted";

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

/** The files that were set aside and not given up yet, oldest first; their names alone. */
function namesSetAside(file: string): string[] {
  const prefix = `${path.basename(file)}${MARKER}`;
  try {
    const names = readdirSync(path.dirname(file));
    return names.filter((name) => name.startsWith(prefix) && !name.endsWith(ACCEPTED)).sort();
  } catch {
    return [];
  }
}

/** The newest file that was set aside and not given up, if there is one. */
export function findSetAside(file: string): string | undefined {
  return namesSetAside(file).at(-1);
}

/**
 * Gives up what was set aside: the files stay, under a name that keeps nobody from starting, so that the loss is accepted
 * once and not at every start.
 */
export function acceptSetAside(file: string): void {
  for (const name of namesSetAside(file)) {
    const kept = path.join(path.dirname(file), name);
    try {
      renameSync(kept, `${kept}${ACCEPTED}`);
    } catch {
      // It is asked about again at the next start.
    }
  }
}

/** Why a store without its file refuses writes, and what to do about it. */
export function corruptionRefusal(file: string, asideName: string): Refusal {
  const damage = `session store ${file} was corrupt and is kept as ${asideName}`;
  const name = path.basename(file);
  return {
    damage,
    text: `${damage}; writes are refused until a valid ${name} is put in its place or the kept file is moved away`,
  };
}

/** Why a store refuses writes whose journal is damaged, and what to do about it. */
export function journalCorruptionRefusal(file: string, asideName: string): Refusal {
  const damage = `the journal of session store ${file} was corrupt and is kept as ${asideName}`;
  return {
    damage,
    text: `${damage}; writes are refused until the kept file is moved away, which gives up the changes in it`,
  };
}

/** Why a store refuses writes that is corrupt where it cannot be moved. */
export function stuckRefusal(file: string): Refusal {
  const damage = `session store ${file} is corrupt and cannot be moved away`;
  return { damage, text: damage };
}
