import { isJsonObject, sameJson } from "../learn/json-tree.ts";
import { looksLikeEpochMs, textKind, timeOf } from "../learn/forms.ts";
import type { Replacement } from "./alter.ts";

/** How an answer is altered. The first ones alter a value, the others a whole frame or the connection's end. */
export const OPERATORS = {
  drop: "a member or element is left out",
  retype: "a value has another JSON type",
  change: "a value is another one of the same form",
  swap: "an id is another id of the same run",
  extra: "an object has a member more",
  repeat: "a list has its first element twice",
  reverse: "a list is in reverse order",
  "lose-frame": "a frame does not arrive",
  "double-frame": "a frame arrives twice",
  "late-frame": "a frame arrives after the one behind it",
  close: "the connection ends with another code",
} as const;
export type Operator = keyof typeof OPERATORS;

/** One alteration of a value. */
export interface Alteration {
  readonly operator: Operator;
  readonly to: Replacement;
}

const DAY_MS = 86_400_000;

const turnHex = (text: string): string =>
  text.replaceAll(/[0-9a-f]/g, (digit) => ((Number.parseInt(digit, 16) + 7) % 16).toString(16));

/** Another text of the same form: a time a day later, an id with other digits, else one with a sign more. */
function otherText(text: string): string {
  const kind = textKind(text);
  if (kind === "uuid" || kind === "hex") return turnHex(text);
  const time = timeOf(text);
  if (kind === "epoch-ms" && time !== undefined) return String(time + DAY_MS);
  if (kind === "iso-time" && time !== undefined) {
    const later = new Date(time + DAY_MS).toISOString();
    return text.replace(/^\d{4}-\d{2}-\d{2}/, later.slice(0, 10));
  }
  return `${text}~`;
}

function otherScalar(value: unknown): unknown {
  if (typeof value === "string") return otherText(value);
  if (typeof value === "number") {
    if (looksLikeEpochMs(value)) return value + DAY_MS;
    // Beyond 2 ** 53 the next whole number may be the same one.
    return value + 1 === value ? value / 2 : value + 1;
  }
  return typeof value === "boolean" ? !value : undefined;
}

function otherType(value: unknown): unknown {
  if (typeof value === "string") return 4711;
  if (value === null) return "null";
  return isJsonObject(value) || Array.isArray(value) ? "[object]" : JSON.stringify(value);
}

function listAlterations(list: readonly unknown[]): Alteration[] {
  const found: Alteration[] = [];
  if (list.length > 0) found.push({ operator: "repeat", to: { value: [list[0], ...list] } });
  const reversed = list.toReversed();
  if (!sameJson(list, reversed)) found.push({ operator: "reverse", to: { value: reversed } });
  return found;
}

/**
 * Every alteration of one value in a frame.
 * @param ids ids that the same run saw in other places.
 */
export function alterationsOf(value: unknown, ids: readonly string[]): Alteration[] {
  const found: Alteration[] = [
    { operator: "drop", to: "absent" },
    { operator: "retype", to: { value: otherType(value) } },
  ];
  if (Array.isArray(value)) return [...found, ...listAlterations(value)];
  if (isJsonObject(value)) {
    return [...found, { operator: "extra", to: { value: { ...value, unheardOf: true } } }];
  }
  const other = otherScalar(value);
  if (other !== undefined) found.push({ operator: "change", to: { value: other } });
  const stranger = typeof value === "string" && textKind(value) === "uuid" && ids.find((id) => id !== value);
  if (typeof stranger === "string") found.push({ operator: "swap", to: { value: stranger } });
  return found;
}
