import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { LockstepError } from "../contract/index.ts";
import { readRequirements, type RequirementSet } from "../harness/requirements/index.ts";
import { readNamed } from "./waivers-file.ts";

const FOLDER = "conformance/requirements";
const SUFFIX = ".yaml";

/** Where a suite keeps a set. */
export const requirementsPath = (root: string, set: string): string => join(root, FOLDER, `${set}${SUFFIX}`);

/** Names of a suite's requirement sets. */
export function requirementSets(root: string): string[] {
  const folder = join(root, FOLDER);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(SUFFIX))
    .map((name) => name.slice(0, -SUFFIX.length))
    .sort();
}

/**
 * A requirement set with the bytes it was read from.
 * @param named a set of the suite, or a path: whatever holds a slash or ends in `.yaml`.
 * @throws LockstepError REQUIREMENTS_INVALID, USAGE
 */
export function loadRequirements(
  named: string,
  root: string,
  cwd: string,
): { readonly set: RequirementSet; readonly file: string; readonly text: string } {
  if (/[\\/]/.test(named) || named.endsWith(SUFFIX)) {
    const text = readNamed(named, cwd);
    return { set: readRequirements(text, named), file: resolve(cwd, named), text };
  }
  const file = requirementsPath(root, named);
  if (!existsSync(file)) {
    throw new LockstepError("REQUIREMENTS_INVALID", `there is no requirement set ${JSON.stringify(named)}`, {
      hint: `sets of this suite: ${requirementSets(root).join(", ") || "none"}`,
    });
  }
  const text = readFileSync(file, "utf8");
  return { set: readRequirements(text, `${FOLDER}/${named}${SUFFIX}`), file, text };
}
