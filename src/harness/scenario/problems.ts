import { LockstepError, type LockstepErrorCode } from "../../contract/index.ts";
import type { SourceProblem } from "./yaml-source.ts";

/** Most problems one error lists. */
const PROBLEM_LIMIT = 20;

/** Ends in one error that lists problems with file, line and column, the first twenty of them. */
export function failWith(code: LockstepErrorCode, problems: readonly SourceProblem[], hint: string): never {
  const shown = problems.slice(0, PROBLEM_LIMIT).map(({ file, line, column, message, hint: advice }) => {
    return `${file}:${line}:${column}: ${message}${advice === undefined ? "" : `\n    ${advice}`}`;
  });
  const more = problems.length - shown.length;
  if (more > 0) shown.push(`and ${more} more`);
  throw new LockstepError(code, shown.join("\n"), { hint });
}
