import { readPattern } from "../learn/pattern.ts";
import type { Pattern } from "../learn/recording.ts";
import { itemsPath, memberPath, restPath, valueName, type FieldTree } from "./field-tree.ts";

/** Where the names are put that a value shows. */
export interface NameSink {
  readonly fields: Set<string>;
  readonly values: Set<string>;
}

/** A sink without any name. */
export const newSink = (): NameSink => ({ fields: new Set(), values: new Set() });

/** A place that no run ever filled. */
function isNeverThere(pattern: Pattern): boolean {
  const read = readPattern(pattern);
  return read.form === "any" && read.types.every((type) => type === "absent");
}

/**
 * Adds every name of a tree that a recorded value shows: its members at any depth, and the literals it holds. A place that
 * is excluded from comparison counts as there; what is inside it was not recorded, and does not count.
 */
export function addSeen(tree: FieldTree, pattern: Pattern, sink: NameSink, path = ""): void {
  const read = readPattern(pattern);
  if (read.form === "literal" && tree.values.includes(read.value)) {
    sink.values.add(valueName(path, read.value));
  }
  if (read.form === "array" && tree.items !== undefined) {
    for (const item of read.items) addSeen(tree.items, item, sink, itemsPath(path));
  }
  if (read.form === "object" || read.form === "entries") {
    const entries = read.form === "object" ? Object.entries(read.members) : read.entries;
    for (const [key, value] of entries) addMember(tree, key, value, sink, path);
  }
}

function addMember(tree: FieldTree, key: unknown, value: Pattern, sink: NameSink, path: string): void {
  const member = typeof key === "string" ? tree.members.get(key) : undefined;
  if (typeof key === "string" && member !== undefined) {
    const here = memberPath(path, key);
    if (isNeverThere(value)) return;
    sink.fields.add(here);
    addSeen(member, value, sink, here);
  } else if (tree.rest !== undefined) addSeen(tree.rest, value, sink, restPath(path));
}
