import { lstat, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** What lies below a folder: relative paths with forward slashes. */
export interface StateSnapshot {
  /** File -> content; links and sockets are left out. */
  readonly files: ReadonlyMap<string, Buffer>;
  readonly folders: ReadonlySet<string>;
}

/** What lies below a folder now. Files that vanish meanwhile are left out. */
export async function takeSnapshot(root: string): Promise<StateSnapshot> {
  const files = new Map<string, Buffer>();
  const folders = new Set<string>();
  const walk = async (below: string): Promise<void> => {
    for (const entry of await readdir(join(root, below), { withFileTypes: true }).catch(() => [])) {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) {
        folders.add(path);
        await walk(path);
      } else if (entry.isFile()) {
        const content = await readFile(join(root, path)).catch(() => undefined);
        if (content !== undefined) files.set(path, content);
      }
    }
  };
  await walk("");
  return { files, folders };
}

/** Latest modification time below a folder, in ms; 0 when it is empty. */
export async function latestChange(root: string): Promise<number> {
  let latest = 0;
  const entries = await readdir(root, { withFileTypes: true, recursive: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const info = await lstat(join(entry.parentPath, entry.name)).catch(() => undefined);
    if (info !== undefined) latest = Math.max(latest, info.mtimeMs);
  }
  return latest;
}
