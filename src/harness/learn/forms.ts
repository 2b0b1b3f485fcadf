import type { SymbolKind } from "./recording.ts";

const UUID = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}";
// Archive names write the time of day with dashes, since a colon may not stand in a file name everywhere.
const ISO_TIME = "\\d{4}-\\d{2}-\\d{2}T\\d{2}[:-]\\d{2}[:-]\\d{2}(?:\\.\\d{1,9})?(?:Z|[+-]\\d{2}:?\\d{2})";
const EPOCH_DIGITS = "(?<![0-9A-Za-z])1[0-9]{12}(?![0-9A-Za-z])";
const HEX = "(?<![0-9A-Za-z])[0-9a-f]{8,}(?![0-9A-Za-z])";

/** Kinds that are recognised inside a longer string, in the order in which they are looked for. */
export const TEXT_FORMS: readonly { readonly kind: SymbolKind; readonly source: string }[] = [
  { kind: "uuid", source: UUID },
  { kind: "iso-time", source: ISO_TIME },
  { kind: "epoch-ms", source: EPOCH_DIGITS },
  { kind: "hex", source: HEX },
];

const whole = (source: string) => new RegExp(`^(?:${source})$`);
const WHOLE = { uuid: whole(UUID), iso: whole(ISO_TIME), hex: whole("[0-9a-f]{8,}"), digits: /^1\d{12}$/ };

/** Oldest and newest reading that counts as a clock in milliseconds: 2001 to 2286. */
const EPOCH_RANGE = [1e12, 1e13] as const;

/** Whether a number looks like milliseconds since 1970. */
export function looksLikeEpochMs(value: number): boolean {
  return value >= EPOCH_RANGE[0] && value < EPOCH_RANGE[1];
}

/** The kind that a whole string shows by its form. */
export function textKind(value: string): SymbolKind | undefined {
  if (WHOLE.uuid.test(value)) return "uuid";
  if (WHOLE.iso.test(value)) return "iso-time";
  if (WHOLE.digits.test(value)) return "epoch-ms";
  return WHOLE.hex.test(value) ? "hex" : undefined;
}

/** A string's shape, where the shape is part of what a reader relies on: digits as 0, of hex ids as x. */
export function shapeOf(kind: SymbolKind, value: string): string | undefined {
  if (kind === "iso-time") return value.replaceAll(/\d/g, "0");
  return kind === "hex" ? "x".repeat(value.length) : undefined;
}

/**
 * Reads a time.
 * @returns milliseconds since 1970 of a number, of its digits, or of an ISO time (also with dashes between hours,
 * minutes and seconds); nothing when it is none of these.
 */
export function timeOf(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (typeof value !== "string") return undefined;
  if (WHOLE.digits.test(value)) return Number(value);
  if (!WHOLE.iso.test(value)) return undefined;
  const time = Date.parse(value.replace(/T(\d{2})[:-](\d{2})[:-](\d{2})/, "T$1:$2:$3"));
  return Number.isNaN(time) ? undefined : time;
}

const NUMBER = "-?\\d+(?:\\.\\d+)?";
const SOURCES: Partial<Readonly<Record<SymbolKind, string>>> = {
  uuid: UUID,
  "iso-time": ISO_TIME,
  "epoch-ms": "\\d+",
  counter: "\\d+",
  hex: "[0-9a-f]+",
};

/** Whether a text is a number as JSON writes it, but for an exponent. */
export const isNumberText = (text: string): boolean => new RegExp(`^${NUMBER}$`).test(text);

/** Source for what has no form. */
export const ANY_TEXT = "[^]+?";

/** Source of a regular expression for a value of the kind inside a longer string. */
export function textSource(kind: SymbolKind, type: "string" | "number"): string {
  return SOURCES[kind] ?? (type === "number" ? NUMBER : ANY_TEXT);
}

/**
 * Why a value cannot stand for a symbol of that kind; nothing when it can. `shape` is what `shapeOf` gave when the
 * symbol was learned.
 */
export function misfit(kind: SymbolKind, value: string | number, shape?: string): string | undefined {
  const text = String(value);
  switch (kind) {
    case "uuid":
      return WHOLE.uuid.test(text) ? undefined : "a UUID";
    case "iso-time":
    case "hex":
      if (timeOf(value) === undefined && kind === "iso-time") return "a time in ISO 8601 form";
      if (kind === "hex" && !/^[0-9a-f]+$/.test(text)) return "lower-case hex digits";
      return shape === undefined || shapeOf(kind, text) === shape ? undefined : `text of the form ${shape}`;
    case "epoch-ms": {
      const time = typeof value === "number" ? value : Number(text);
      return Number.isFinite(time) && time >= 1e11 ? undefined : "milliseconds since 1970";
    }
    case "counter":
      return Number.isSafeInteger(Number(text)) && Number(text) >= 0 ? undefined : "a whole number from 0";
    case "hostname":
    case "version":
    case "secret":
    case "opaque":
      return text === "" ? "a text that is not empty" : undefined;
    case "duration-ms":
    case "number":
    case "known":
      return undefined;
    default:
      return kind satisfies never;
  }
}
