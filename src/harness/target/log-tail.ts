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
  /** As much of a secret as may stand at the end of a text whose rest has not come yet. */
  const unsure = Math.max(0, ...secrets.map((secret) => secret.length - 1));
  const hide = (text: string): string => {
    let hidden = text;
    for (const secret of secrets) if (secret !== "") hidden = hidden.replaceAll(secret, "<token>");
    return hidden;
  };
  const mask = (line: string): string => {
    // Hidden before the cut, which would leave the first half of a secret standing.
    const masked = hide(line);
    return masked.length > LINE_LIMIT ? `${masked.slice(0, LINE_LIMIT)}...` : masked;
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
        const hidden = hide(open);
        const sure = hidden.length - unsure;
        keep(hidden.slice(0, sure));
        open = hidden.slice(sure);
      }
    },
    lines: () => (open === "" ? [...kept] : [...kept, mask(open)].slice(-limit)),
  };
}
