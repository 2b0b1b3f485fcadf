/** Names of one kind, each once, in the contract's order: what the recordings show of them. */
export interface NamesSeen {
  readonly total: number;
  readonly seen: readonly string[];
  /** Sent, but only in requests that were refused. */
  readonly onlyRefused: readonly string[];
  readonly missing: readonly string[];
}

/** Sorts names by whether they were seen. */
export function namesSeen(
  names: readonly string[],
  seen: ReadonlySet<string>,
  refused: ReadonlySet<string> = new Set(),
): NamesSeen {
  const unseen = names.filter((name) => !seen.has(name));
  return {
    total: names.length,
    seen: names.filter((name) => seen.has(name)),
    onlyRefused: unseen.filter((name) => refused.has(name)),
    missing: unseen.filter((name) => !refused.has(name)),
  };
}
