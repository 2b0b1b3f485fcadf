/** A word of a POSIX shell's command line, quoted when it has to be. */
export function shellWord(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * The command that repeats one case. A token is not part of it: commands end up in reports.
 * @param flags further words that decide what the case is judged by.
 */
export function repeatCommand(target: string, caseId: string, flags: readonly string[] = []): string {
  return ["npx", "lockstep", "run", target, caseId, ...flags].map(shellWord).join(" ");
}
