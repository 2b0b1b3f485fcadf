import { readdirSync, statSync } from "node:fs";

/** A directory's time is this coarse on some file systems: within it, one that changed twice looks as if it had not. */
const COARSE_MS = 2_000;

/**
 * Looks for the directories in a directory, each time it is asked, but reads it only when it may have changed.
 * @returns what gives their names; none where it cannot be read.
 */
export function directoryNames(directory: string): () => readonly string[] {
  let known: { readonly mtimeMs: number; readonly names: readonly string[] } | undefined;
  return () => {
    try {
      const { mtimeMs } = statSync(directory);
      if (known?.mtimeMs === mtimeMs) return known.names;
      const found = readdirSync(directory, { withFileTypes: true });
      const names = found.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
      // The clock of the file system, not one that a test may have moved.
      known = Date.now() - mtimeMs > COARSE_MS ? { mtimeMs, names } : undefined;
      return names;
    } catch {
      return [];
    }
  };
}
