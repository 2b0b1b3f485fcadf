/** An expression between braces, taken apart. */
export type Expression =
  | { readonly kind: "run" | "token" | "state" | "port" | "model" | "absent" }
  | { readonly kind: "now"; readonly offsetMs: number; readonly iso: boolean }
  /** A time of day, UTC, as `HH:MM`. */
  | { readonly kind: "clock"; readonly offsetMs: number }
  | { readonly kind: "i"; readonly add: number }
  | { readonly kind: "key" | "device" | "deviceToken"; readonly name: string }
  /** `let.a.b.0`: the value's name, then where in it. */
  | { readonly kind: "let" | "case" | "bind"; readonly name: string; readonly path: readonly string[] }
  | { readonly kind: "nonce"; readonly name: string }
  | { readonly kind: "repeat"; readonly text: string; readonly times: number };

/** Milliseconds of one unit of a time expression. */
export const TIME_UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const NAME = /^[A-Za-z0-9_][\w.-]*$/;
const TIME = /^(iso:|clock:)?now((?:[+-]\d+(?:ms|[smhd]))*)$/;
const COUNTER = /^i(?:([+-])(\d+))?$/;
/** Most characters `{{repeat:...}}` makes: just over two messages of the greatest size. */
const REPEAT_LIMIT = 60_000_000;

/**
 * Adds up a distance such as `-1h` or `+1d-5m`.
 * @returns milliseconds, or nothing when the text is no distance.
 */
export function parseDistance(text: string): number | undefined {
  if (!/^(?:[+-]\d+(?:ms|[smhd]))+$/.test(text)) return undefined;
  let sum = 0;
  for (const [, sign, digits, unit] of text.matchAll(/([+-])(\d+)(ms|[smhd])/g)) {
    sum += (sign === "-" ? -1 : 1) * Number(digits) * TIME_UNITS[unit as keyof typeof TIME_UNITS];
  }
  return sum;
}

function parseRepeat(rest: string): Expression | undefined {
  const colon = rest.lastIndexOf(":");
  const digits = rest.slice(colon + 1);
  if (colon < 1 || !/^\d+$/.test(digits)) return undefined;
  const text = rest.slice(0, colon);
  const times = Number(digits);
  return text.length * times > REPEAT_LIMIT ? undefined : { kind: "repeat", text, times };
}

function parseNamed(kind: string, name: string): Expression | undefined {
  if (!NAME.test(name)) return undefined;
  switch (kind) {
    case "key":
    case "device":
    case "deviceToken":
    case "nonce":
      return { kind, name };
    case "let":
    case "case":
    case "bind": {
      const [first = "", ...path] = name.split(".");
      return { kind, name: first, path };
    }
    default:
      return undefined;
  }
}

/**
 * Takes an expression apart: `run`, `key:a`, `now-1h`, `iso:now`, `clock:now`, `let.x`, `case.x`, `bind.x`, `i+1`, `nonce`,
 * `nonce:main`, `device:x`, `deviceToken:x`, `repeat:TEXT:N`, `token`, `state`, `port`, `model`, `absent`.
 * @returns nothing when it is none of them.
 */
export function parseExpression(expression: string): Expression | undefined {
  switch (expression) {
    case "run":
    case "token":
    case "state":
    case "port":
    case "model":
    case "absent":
      return { kind: expression };
    case "nonce":
      return { kind: "nonce", name: "main" };
    default:
  }
  const time = TIME.exec(expression);
  if (time !== null) {
    const offsetMs = parseDistance(time[2] ?? "") ?? 0;
    return time[1] === "clock:"
      ? { kind: "clock", offsetMs }
      : { kind: "now", offsetMs, iso: time[1] !== undefined };
  }
  const counter = COUNTER.exec(expression);
  if (counter !== null) {
    return { kind: "i", add: (counter[1] === "-" ? -1 : 1) * Number(counter[2] ?? 0) };
  }
  if (expression.startsWith("repeat:")) return parseRepeat(expression.slice("repeat:".length));
  const member = /^(let|case|bind)\.(.+)$/.exec(expression) ?? /^(\w+):(.+)$/.exec(expression);
  return member === null ? undefined : parseNamed(member[1] ?? "", member[2] ?? "");
}
