import { LineCounter, isMap, isNode, isScalar, isSeq, parseDocument } from "yaml";
import type { Document, Node } from "yaml";

/** Where something stands in a file; line and column count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A problem in a file. */
export interface SourceProblem extends Position {
  readonly file: string;
  readonly message: string;
  readonly hint?: string;
}

/** A YAML file, read. */
export interface YamlSource {
  readonly file: string;
  readonly value: unknown;
  /**
   * Position of the value at a path; of its nearest parent when nothing is there.
   * @param at `key`: position of the last member's name rather than its value.
   */
  readonly locate: (path: readonly PropertyKey[], at?: "key" | "value") => Position;
}

function childOf(node: Node, step: PropertyKey): { key?: Node; value?: Node } | undefined {
  if (isMap(node)) {
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
    if (pair === undefined) return undefined;
    return {
      ...(isNode(pair.key) ? { key: pair.key } : {}),
      ...(isNode(pair.value) ? { value: pair.value } : {}),
    };
  }
  if (!isSeq(node)) return undefined;
  const item = node.items[Number(step)];
  return isNode(item) ? { value: item } : undefined;
}

function offsetOf(document: Document, path: readonly PropertyKey[], at: "key" | "value"): number {
  let node = isNode(document.contents) ? document.contents : undefined;
  let offset = node?.range?.[0] ?? 0;
  for (const [depth, step] of path.entries()) {
    const child = node === undefined ? undefined : childOf(node, step);
    if (child === undefined) break;
    const wanted = at === "key" && depth === path.length - 1 ? (child.key ?? child.value) : child.value;
    offset = wanted?.range?.[0] ?? child.key?.range?.[0] ?? offset;
    node = child.value;
  }
  return offset;
}

/**
 * Reads YAML 1.2 text: one document, string keys, no member twice.
 * @param file its name, for messages.
 */
export function readYaml(
  file: string,
  text: string,
): { readonly source: YamlSource } | { readonly problems: readonly SourceProblem[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    version: "1.2",
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    uniqueKeys: true,
  });
  const positionAt = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const found = [...document.errors, ...document.warnings];
  if (found.length > 0) {
    return {
      problems: found.map((error) => ({
        file,
        ...positionAt(error.pos[0]),
        message: error.message,
        hint: "The file must be one YAML 1.2 document; quote texts that hold `: `, `#`, `{` or `*`",
      })),
    };
  }
  return {
    source: {
      file,
      value: document.toJS() as unknown,
      locate: (path, at = "value") => positionAt(offsetOf(document, path, at)),
    },
  };
}
