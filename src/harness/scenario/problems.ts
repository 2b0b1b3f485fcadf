import { LockstepError, type LockstepErrorCode } from "../../contract/index.ts";
import type { SourceProblem } from "./yaml-source.ts";

/** Most problems one error lists. */
const PROBLEM_LIMIT = 20;

/** Ends in one error that lists problems with file, line and column, the first twenty of them. */
export function failWith(code: LockstepErrorCode, problems: readonly SourceProblem[], hint: string): never {
  const listed = problems.slice(0, PROBLEM_LIMIT);
  const shown = listed.map(({ file, line, column, message, hint: advice }, index) => {
    // The same advice to several problems stands below the last of them.
    const isSaid = advice === undefined || listed.slice(index + 1).some((later) => later.hint === advice);
    return `${file}:${line}:${column}: ${message}${isSaid ? "" : `\n    ${advice}`}`;
  });
  const more = problems.length - shown.length;
  if (more > 0) shown.push(`and ${more} more`);
  throw new LockstepError(code, shown.join("\n"), { hint });
}
