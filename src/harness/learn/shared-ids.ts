import type { SymbolKind } from "./recording.ts";
import type { Group, Puzzle } from "./table.ts";

const IDS = new Set<SymbolKind>(["uuid", "opaque", "secret"]);

/**
 * Whether two symbols may never have the same value: ids that the server makes up differ from one another, and from
 * every text that the client chose.
 */
export function mustDiffer(
  a: { readonly kind: SymbolKind; readonly value: string | number },
  b: { readonly kind: SymbolKind; readonly value: string | number },
): boolean {
  if (typeof a.value !== "string" || typeof b.value !== "string") return false;
  const chosen = (kind: SymbolKind, value: string) => kind === "known" && value.length >= 8;
  return (
    (IDS.has(a.kind) && (IDS.has(b.kind) || chosen(b.kind, b.value))) ||
    (IDS.has(b.kind) && chosen(a.kind, a.value))
  );
}

/** Ids that are the same in some runs and not in others: neither one symbol nor two. */
export function sharedIds(groups: readonly Group[]): Puzzle[] {
  return groups.flatMap((b, index) =>
    groups.slice(0, index).flatMap((a): Puzzle[] => {
      const [leaf] = b.leaves;
      const clash = a.values.some((value, run) => {
        const other = b.values[run];
        return other === value && mustDiffer({ kind: a.kind, value }, { kind: b.kind, value: other });
      });
      if (!clash || leaf === undefined) return [];
      const first = a.leaves[0]?.place ?? "another place";
      return [{ leaf, hint: `the same as ${first} in some runs only: let the scenario settle which it is` }];
    }),
  );
}
