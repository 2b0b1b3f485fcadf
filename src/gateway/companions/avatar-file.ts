import { readFile, realpath, stat } from "node:fs/promises";
import { extname, isAbsolute, relative, resolve } from "node:path";

const MAX_BYTES = 2 * 1024 * 1024;
const TYPES: Readonly<Record<string, string>> = {
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".webp": "image/webp",
  ".gif": "image/gif",
  ".svg": "image/svg+xml",
  ".bmp": "image/bmp",
  ".tif": "image/tiff",
  ".tiff": "image/tiff",
};

const isInside = (file: string, directory: string): boolean => {
  const inside = relative(directory, file);
  return !inside.startsWith("..") && !isAbsolute(inside);
};

/**
 * An avatar as a URL that needs no further request: URLs as they are, a file inside the workspace as `data:`
 * (upstream 2026.2.17, `agents.list`). Nothing for a path that leaves the workspace, by a link too, and for a file that
 * is not there or larger than 2 MiB.
 * @param avatar trimmed and not empty.
 */
export async function avatarUrl(avatar: string, workspace: string): Promise<string | undefined> {
  if (/^(data:|https?:\/\/)/i.test(avatar)) return avatar;
  if (avatar.startsWith("~") || (/^[a-z][a-z0-9+.-]*:/i.test(avatar) && !/^[a-z]:[\\/]/i.test(avatar))) {
    return undefined;
  }
  const file = resolve(workspace, avatar);
  if (!isInside(file, resolve(workspace))) return undefined;
  try {
    if (!isInside(await realpath(file), await realpath(workspace))) return undefined;
    const found = await stat(file);
    if (!found.isFile() || found.size > MAX_BYTES) return undefined;
    const type = TYPES[extname(file).toLowerCase()] ?? "application/octet-stream";
    return `data:${type};base64,${(await readFile(file)).toString("base64")}`;
  } catch {
    return undefined;
  }
}
