import { dropPolicy, type NamedSettings, queueMode } from "../scheduler/settings.ts";
import { trimmedOrNone } from "../sessions/json.ts";

/** What `/queue` in a message says (upstream-2026.2.17 section 6.4). */
export interface QueueDirective {
  /** What it sets. */
  readonly settings: Partial<NamedSettings>;
  /** Whether it forgets what the session says of its own. */
  readonly isReset: boolean;
  /** Values that mean nothing, as they were written. */
  readonly wrong: { readonly debounce?: string; readonly cap?: string; readonly drop?: string };
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const RESET_WORDS = new Set(["default", "reset", "clear"]);

function duration(raw: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(raw.trim().toLowerCase());
  const ms = Math.round(Number(match?.[1] ?? Number.NaN) * (UNITS[match?.[2] ?? "ms"] ?? 1));
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}

function cap(raw: string): number | undefined {
  const value = trimmedOrNone(raw) === undefined ? Number.NaN : Math.floor(Number(raw));
  return Number.isFinite(value) && value >= 1 ? value : undefined;
}

/**
 * Takes `/queue` and its words out of a message on one line. The first word that it does not know ends them.
 * @returns nothing when the message has no such directive.
 */
export function takeQueue(text: string): { directive: QueueDirective; rest: string } | undefined {
  const match = /(?:^|\s)\/queue(?=$|\s|:)\s*:?\s*/i.exec(text);
  if (match === null) return undefined;
  const settings: { -readonly [K in keyof NamedSettings]?: NamedSettings[K] } = {};
  const wrong: { debounce?: string; cap?: string; drop?: string } = {};
  let isReset = false;
  let rest = text.slice(match.index + match[0].length);
  while (rest !== "" && !isReset) {
    const [word = ""] = rest.split(/\s/, 1);
    const [, name, raw = ""] = /^(debounce|cap|drop)[:=]([^:=]*)/i.exec(word) ?? [];
    const option = name?.toLowerCase();
    const mode = queueMode(word);
    if (RESET_WORDS.has(word.toLowerCase())) isReset = true;
    else if (option === "debounce") {
      const value = duration(raw);
      if (value === undefined) wrong.debounce = raw;
      else settings.debounceMs = value;
    } else if (option === "cap") {
      const value = cap(raw);
      if (value === undefined) wrong.cap = raw;
      else settings.cap = value;
    } else if (option === "drop") {
      const value = dropPolicy(raw);
      if (value === undefined) wrong.drop = raw;
      else settings.drop = value;
    } else if (mode !== undefined) settings.mode = mode;
    else break;
    rest = rest.slice(word.length).trimStart();
  }
  const directive = { settings: isReset ? {} : settings, isReset, wrong };
  return { directive, rest: `${text.slice(0, match.index)} ${rest}`.replaceAll(/\s+/g, " ").trim() };
}
