import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { LockstepError } from "../contract/lockstep-error.ts";

/** The package's own folder: `src/cli` and `dist/cli` lie equally deep in it. */
export const PACKAGE_ROOT = fileURLToPath(new URL("../../", import.meta.url));

/**
 * The folder that holds `conformance/`, `fixtures/` and `recordings/`: the package's own unless another is named.
 * @throws LockstepError USAGE when the folder named holds no `conformance/`.
 */
export function suiteRoot(named: string | undefined, cwd: string): string {
  if (named === undefined) return PACKAGE_ROOT;
  const root = resolve(cwd, named);
  if (!existsSync(join(root, "conformance"))) {
    throw new LockstepError("USAGE", `${named} holds no conformance/ folder`, {
      hint: "--suite names a folder with conformance/, fixtures/ and recordings/",
    });
  }
  return root;
}
