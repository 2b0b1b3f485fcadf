import { isObject } from "../scenario/json.ts";

/** One place where two JSON values differ. */
export interface Discrepancy {
  /** JSON pointer (RFC 6901). */
  readonly pointer: string;
  readonly expected?: unknown;
  readonly actual?: unknown;
  readonly message: string;
}

const escaped = (name: string): string => name.replaceAll("~", "~0").replaceAll("/", "~1");

const short = (value: unknown): string => {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length <= 120 ? text : `${text.slice(0, 117)}...`;
};

function differ(pointer: string, expected: unknown, actual: unknown): Discrepancy {
  return { pointer, expected, actual, message: `expected ${short(expected)}, got ${short(actual)}` };
}

function* walkObjects(
  expected: Readonly<Record<string, unknown>>,
  actual: Readonly<Record<string, unknown>>,
  pointer: string,
): Generator<Discrepancy> {
  for (const [name, value] of Object.entries(expected)) {
    const below = `${pointer}/${escaped(name)}`;
    if (Object.hasOwn(actual, name)) yield* discrepancies(value, actual[name], below);
    else yield { pointer: below, expected: value, message: `lost: ${short(value)}` };
  }
  for (const [name, value] of Object.entries(actual)) {
    if (Object.hasOwn(expected, name)) continue;
    yield {
      pointer: `${pointer}/${escaped(name)}`,
      actual: value,
      message: `was not there before: ${short(value)}`,
    };
  }
}

/**
 * Every place where two JSON values differ, the expected one's order first. The order of an object's members does not
 * count, that of an array's does; arrays of other lengths are one discrepancy, for what follows would only echo it.
 */
export function* discrepancies(expected: unknown, actual: unknown, pointer = ""): Generator<Discrepancy> {
  if (Array.isArray(expected) && Array.isArray(actual)) {
    if (expected.length !== actual.length) {
      const at = expected.findIndex((item, index) => {
        const { done } = discrepancies(item, actual[index]).next();
        return done !== true;
      });
      const first = at < 0 ? expected.length : at;
      yield {
        pointer,
        expected: expected.length,
        actual: actual.length,
        message:
          `${expected.length} elements before, ${actual.length} now; the first that differs is ${first}: ` +
          `${short(expected[first])} became ${short(actual[first])}`,
      };
      return;
    }
    for (const [index, item] of expected.entries())
      yield* discrepancies(item, actual[index], `${pointer}/${index}`);
    return;
  }
  if (isObject(expected) && isObject(actual)) {
    yield* walkObjects(expected, actual, pointer);
    return;
  }
  if (!Object.is(expected, actual)) yield differ(pointer, expected, actual);
}
