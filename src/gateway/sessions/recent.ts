/** Something that was touched; milliseconds since 1970, 0 when that is not known. */
interface Touched {
  readonly updatedAt: number;
}

/**
 * The few that were touched last, newest first, without sorting the others; those touched at the same time keep their
 * order.
 */
export function newestOf<T extends Touched>(items: Iterable<T>, most: number): T[] {
  const newest: T[] = [];
  for (const item of items) {
    const last = newest.at(-1);
    if (newest.length >= most && (last === undefined || item.updatedAt <= last.updatedAt)) continue;
    const before = newest.findIndex((known) => known.updatedAt < item.updatedAt);
    newest.splice(before < 0 ? newest.length : before, 0, item);
    if (newest.length > most) newest.pop();
  }
  return newest;
}
