import { InvalidArgumentError } from "commander";
import type { Shard } from "../harness/scenario/index.ts";
import { DEFAULT_ORACLE } from "./recordings.ts";

/** Parser of a flag's whole number, at least `least`. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < least || value > most) {
      const range = most === Number.MAX_SAFE_INTEGER ? `from ${least} on` : `from ${least} to ${most}`;
      throw new InvalidArgumentError(`a whole number ${range}`);
    }
    return value;
  };
}

const UNITS: Readonly<Record<string, number>> = { "": 1, ms: 1, s: 1_000, m: 60_000 };

/** Parser of a flag's duration: `500`, `500ms`, `10s`, `2m`; gives milliseconds. */
export function milliseconds(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|)$/.exec(text.trim()) ?? [];
  const factor = UNITS[unit ?? "none"];
  if (amount === undefined || factor === undefined) {
    throw new InvalidArgumentError("a duration such as 500ms, 10s or 2m");
  }
  return Number(amount) * factor;
}

/** Parser of a flag's part of a run: `2/4`. */
export function shardOf(text: string): Shard {
  const [, index, count] = /^(\d{1,4})\/(\d{1,4})$/.exec(text.trim()) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (index === undefined || shard.index < 1 || shard.index > shard.count) {
    throw new InvalidArgumentError("a part of all parts, such as 1/4 to 4/4");
  }
  return shard;
}

/** Collects a flag that may be given more than once. */
export function collect(value: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), value];
}

/** Parser of a flag's share: a number from 0 to 1, or with a per-cent sign; gives the number. */
export function share(text: string): number {
  const [, amount, sign] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text.trim()) ?? [];
  const value = Number(amount) / (sign === "%" ? 100 : 1);
  if (!(value >= 0 && value <= 1)) throw new InvalidArgumentError("a share such as 0.97 or 97%");
  return value;
}

/** Flags that mean the same for every command that has them, as `Command.option` takes them. */
export const SUITE_FLAG = ["--suite <dir>", "folder with conformance/, fixtures/ and recordings/"] as const;
export const ORACLE_FLAG = ["--oracle <openclaw@version>", "whose recordings", DEFAULT_ORACLE] as const;
export const COLOR_FLAG = ["--color", "colour even when nobody watches"] as const;
export const NO_COLOR_FLAG = ["--no-color", "no colour"] as const;
