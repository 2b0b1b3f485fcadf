import type { SymbolKind } from "./recording.ts";
import type { Group } from "./table.ts";

const STEMS: Readonly<Record<SymbolKind, string>> = {
  known: "value",
  "epoch-ms": "time",
  "iso-time": "time",
  "duration-ms": "duration",
  uuid: "uuid",
  hex: "hex",
  counter: "counter",
  hostname: "host",
  version: "version",
  secret: "secret",
  number: "number",
  opaque: "opaque",
};

const kebab = (key: string) =>
  key
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replaceAll(/[^0-9A-Za-z]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .toLowerCase();

/**
 * Names the symbols: the harness's own name, the key under which the client sent it, or its kind and a number in
 * order of appearance, so that the same scenario recorded again gets the same names.
 * @param groups in order of first appearance
 * @param reserved names that only the harness may give
 */
export function nameGroups(groups: readonly Group[], reserved: Iterable<string>): Map<Group, string> {
  const taken = new Set(reserved);
  const names = new Map<Group, string>();
  const counts = new Map<string, number>();
  for (const group of groups) {
    const sentAs = group.sentAs === undefined ? "" : kebab(group.sentAs);
    if (group.known !== undefined) names.set(group, group.known);
    else {
      const stem = sentAs === "" ? STEMS[group.kind] : sentAs;
      let name: string;
      do {
        const count = (counts.get(stem) ?? 0) + 1;
        counts.set(stem, count);
        name = `${stem}-${count}`;
      } while (taken.has(name));
      taken.add(name);
      names.set(group, name);
    }
  }
  return names;
}
