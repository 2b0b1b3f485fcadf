/** The last lines of a process, bounded, with its secrets masked. */
export interface LogTail {
  readonly write: (chunk: string) => void;
  readonly lines: () => readonly string[];
}

/** One line longer than this is cut: a target may write megabytes without a line break. */
const LINE_LIMIT = 4_000;

/**
 * @param limit how many lines are kept
 * @param secrets texts that must not appear in a report; each is shown as `<token>`
 */
export function createLogTail(limit: number, secrets: readonly string[]): LogTail {
  const kept: string[] = [];
  let open = "";
  const mask = (line: string): string => {
    let masked = line.length > LINE_LIMIT ? `${line.slice(0, LINE_LIMIT)}...` : line;
    for (const secret of secrets) if (secret !== "") masked = masked.replaceAll(secret, "<token>");
    return masked;
  };
  const keep = (line: string): void => {
    kept.push(mask(line.endsWith("\r") ? line.slice(0, -1) : line));
    if (kept.length > limit) kept.splice(0, kept.length - limit);
  };
  return {
    write: (chunk) => {
      const parts = (open + chunk).split("\n");
      open = parts.pop() ?? "";
      for (const part of parts) keep(part);
      if (open.length > LINE_LIMIT) {
        keep(open);
        open = "";
      }
    },
    lines: () => (open === "" ? [...kept] : [...kept, mask(open)].slice(-limit)),
  };
}
