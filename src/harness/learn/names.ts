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
 * Names the symbols: the harness's own name, the one the scenario binds, the key under which the client sent it, or its kind and a number in
 * order of appearance, so that the same scenario recorded again gets the same names.
 * @param groups in order of first appearance
 * @param reserved names that only the harness may give
 */
export function nameGroups(groups: readonly Group[], reserved: Iterable<string>): Map<Group, string> {
  const taken = new Set(reserved);
  const names = new Map<Group, string>();
  const counts = new Map<string, number>();
  const give = (group: Group, name: string) => {
    taken.add(name);
    names.set(group, name);
  };
  for (const group of groups) {
    const { known, boundAs } = group;
    if (known !== undefined) names.set(group, known);
    else if (boundAs !== undefined && !taken.has(boundAs)) give(group, boundAs);
    else {
      const stem = kebab(group.sentAs ?? "") || STEMS[group.kind];
      let name: string;
      do {
        counts.set(stem, (counts.get(stem) ?? 0) + 1);
        name = `${stem}-${counts.get(stem)}`;
      } while (taken.has(name));
      give(group, name);
    }
  }
  return names;
}
