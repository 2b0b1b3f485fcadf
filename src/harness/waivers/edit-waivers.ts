import { type Document, isMap, isSeq, parseDocument, type YAMLMap, type YAMLSeq } from "yaml";
import { LockstepError } from "../../contract/index.ts";
import type { Waiver } from "./schema.ts";

const HEADER = `# yaml-language-server: $schema=node_modules/lockstep/schemas/lockstep/waivers.schema.json
# What this port may still get wrong, each with its owner and its last day.
waivers: []
`;

/** The document and its list of waivers; an empty file gets the list. */
function open(text: string): { document: Document; list: YAMLSeq } {
  const document: Document = parseDocument(text.trim() === "" ? HEADER : text, { version: "1.2" });
  if (document.errors.length > 0 || (document.contents !== null && !isMap(document.contents))) {
    throw new LockstepError("WAIVERS_INVALID", "the file is no YAML list of waivers");
  }
  const list = document.get("waivers");
  if (isSeq(list)) return { document, list };
  const made = document.createNode([]) as unknown as YAMLSeq;
  document.set("waivers", made);
  return { document, list: made };
}

/** The text of an edited document: comments and order as they were, long texts not folded. */
function close(document: Document, before: string): string {
  // A list that stood at the margin stays there.
  const indentSeq = !/^waivers:[^\n]*\n(?:[ \t]*(?:#[^\n]*)?\n)*- /m.test(before);
  return document.toString({ lineWidth: 0, indentSeq });
}

const idOf = (item: unknown): unknown => (isMap(item) ? item.get("id") : undefined);

/** The text of a waivers file with further waivers at its end. */
export function addWaivers(text: string, waivers: readonly Waiver[]): string {
  if (waivers.length === 0) return text;
  const { document, list } = open(text);
  list.flow = false;
  for (const waiver of waivers) list.add(document.createNode(waiver));
  return close(document, text);
}

/** The text of a waivers file without some, with the comments that stood before them. */
export function removeWaivers(text: string, ids: ReadonlySet<string>): string {
  if (ids.size === 0) return text;
  const { document, list } = open(text);
  list.items = list.items.filter((item) => !ids.has(String(idOf(item))));
  return close(document, text);
}

/**
 * The text of a waivers file in which one has a new last day and, when one is given, a new reason.
 * @throws LockstepError USAGE when it has no waiver of that id.
 */
export function renewWaiver(
  text: string,
  id: string,
  change: { readonly expires: string; readonly reason?: string | undefined },
): string {
  const { document, list } = open(text);
  const item = list.items.find((one) => idOf(one) === id) as YAMLMap | undefined;
  if (item === undefined) {
    throw new LockstepError("USAGE", `there is no waiver ${JSON.stringify(id)}`, {
      hint: `ids: ${list.items.map((one) => String(idOf(one))).join(", ") || "none"}`,
    });
  }
  for (const [member, value] of Object.entries(change)) if (value !== undefined) item.set(member, value);
  return close(document, text);
}
