import { createHash } from "node:crypto";
import { annotatorOf } from "../learn/annotations.ts";
import { methodOf } from "../learn/align-steps.ts";
import { SAME_MOMENT_MS } from "../learn/clock.ts";
import { looksLikeEpochMs, timeOf } from "../learn/forms.ts";
import { scalarsOf } from "../learn/json-tree.ts";
import type { Capture, StepCapture } from "../run/capture.ts";
import { mapScalars, replaceVolatile, type VolatileForm } from "./volatile-text.ts";

/** How far the other run's clock is away. Not a round number: a time of its own shall not be met by chance. */
const SHIFT_MS = 37 * 86_400_000 + 12_345_678;

function digest(text: string): string {
  return createHash("sha256").update(`another run ${text}`).digest("hex");
}

function otherTime(text: string): string {
  const time = timeOf(text);
  if (time === undefined) return text;
  const moved = new Date(time + SHIFT_MS).toISOString();
  // As many digits, and the separators of the original: its shape is part of what a reader relies on.
  let at = 0;
  const digits = moved.replaceAll(/\D/g, "").padEnd(30, "0");
  return text.replaceAll(/\d/g, () => digits[at++] ?? "0");
}

function other(form: VolatileForm, text: string): string {
  switch (form) {
    case "uuid": {
      const hex = digest(text);
      let at = 0;
      return text.replaceAll(/[0-9a-f]/gi, () => hex[at++] ?? "0");
    }
    case "hex": {
      const hex = digest(text).repeat(Math.ceil(text.length / 64));
      // With a letter and a digit in it, so that it stays of the same form.
      return `a1${hex.slice(2, text.length)}`;
    }
    case "epoch-ms":
      return String(Number(text) + SHIFT_MS);
    case "iso-time":
      return /(?:Z|\+00:?00)$/.test(text) ? otherTime(text) : text;
    default:
      return form satisfies never;
  }
}

/** Clock readings of which one capture cannot tell whether they are one or several that met in a millisecond. */
interface AmbiguousTimes {
  /** At several places of frames that passed at just that moment: each place may be a reading of its own. */
  readonly everywhere: ReadonlySet<number>;
  /** Read while the capture went on, and shown under several names: each name may be a reading of its own. */
  readonly byName: ReadonlySet<number>;
}

const isIndex = (token: string): boolean => /^\d+$/.test(token);
const nameOf = (path: readonly string[]): string => path.findLast((token) => !isIndex(token)) ?? "";

/** That such times are equal may be luck, so nothing is made of it. */
function ambiguousTimes(capture: Capture, passedAt: ReadonlyMap<unknown, number>): AmbiguousTimes {
  const fresh = new Set<number>();
  const everywhere = new Set<number>();
  const names = new Map<number, Set<string>>();
  for (const { sent, received } of capture.steps) {
    for (const frame of [sent, ...received]) {
      const passed = passedAt.get(frame) ?? 0;
      for (const { pointer, value } of scalarsOf(frame)) {
        if (typeof value !== "number") continue;
        const known = names.get(value) ?? new Set();
        names.set(value, known.add(nameOf(pointer.split("/"))));
        if (Math.abs(passed - value) <= SAME_MOMENT_MS) (fresh.has(value) ? everywhere : fresh).add(value);
      }
    }
  }
  const byName = new Set([...fresh].filter((value) => (names.get(value)?.size ?? 0) > 1));
  return { everywhere, byName };
}

/**
 * What another run of the same requests might have shown: every id, time and path of the state directory is another one,
 * equal where it was equal. With it the learner finds from one capture what several would have told it: what by its form
 * or by the contract changes from run to run. What changes without showing it is not found.
 */
export function imagineOther(capture: Capture, passedAt: ReadonlyMap<unknown, number>): Capture {
  const others = Object.entries(capture.known).flatMap(([name, value]): [string, string][] => {
    if (typeof value !== "string" || value === "") return [];
    if (name === "stateDir") return [[value, "/another/place/.openclaw"]];
    // A key of as many characters.
    return [[value, Buffer.from(digest(value), "hex").toString("base64url")]];
  });
  const { everywhere, byName } = ambiguousTimes(capture, passedAt);
  const named = new Map<string, number>();
  let apart = 0;
  const nextApart = (): number => (apart += 1);
  /** How far a time is put from the others that show the same millisecond, in thousandths of one. */
  const distance = (time: number, path: readonly string[]): number => {
    if (everywhere.has(time)) return nextApart();
    if (!byName.has(time)) return 0;
    const key = `${time} ${nameOf(path)}`;
    const given = named.get(key) ?? nextApart();
    named.set(key, given);
    return given;
  };
  const text = (value: string): string => {
    let moved = value;
    for (const [mine, theirs] of others) moved = moved.replaceAll(mine, theirs);
    return replaceVolatile(moved, other);
  };
  const frame = (value: unknown, method: string | undefined): unknown => {
    const annotate = annotatorOf(value, method);
    return mapScalars(value, text, (number, path) => {
      if (!looksLikeEpochMs(number) && annotate(path) !== "epoch-ms") return number;
      return number + SHIFT_MS + distance(number, path) / 1_000;
    });
  };
  const step = (one: StepCapture): StepCapture => ({
    ...one,
    ...(one.sent === undefined ? {} : { sent: frame(one.sent, undefined) }),
    received: one.received.map((each) => frame(each, methodOf(one))),
    ...(one.close === undefined ? {} : { close: { ...one.close, reason: text(one.close.reason) } }),
  });
  return {
    ...capture,
    steps: capture.steps.map(step),
    known: Object.fromEntries(
      Object.entries(capture.known).map(([name, value]) => [
        name,
        typeof value === "string" ? text(value) : value,
      ]),
    ),
    clock: { start: capture.clock.start + SHIFT_MS, end: capture.clock.end + SHIFT_MS },
  };
}
