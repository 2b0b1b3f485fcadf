import { join } from "node:path";
import type { LaunchConditions, Target } from "../target/types.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** What differs between captures, as the header of a recording says it. The port is another at every launch. */
const VARIED = ["port", "state directory", "time zone", "clock"] as const;
const VARIED_IN_PROCESS = ["port", "state directory"] as const;

/** What differs between captures of a target: one in this process has this process's clock and time zone. */
export const variedFor = (target: Pick<Target, "kind">): string[] =>
  target.kind === "reference" ? [...VARIED_IN_PROCESS] : [...VARIED];

// Both sides of the date line, half and quarter hours, daylight saving north and south. The first runs as a user would.
const ZONES = [
  "UTC",
  "Asia/Kolkata",
  "America/St_Johns",
  "Pacific/Kiritimati",
  "America/Los_Angeles",
  "Asia/Kathmandu",
  "Pacific/Niue",
  "Australia/Lord_Howe",
  "Europe/Lisbon",
  "Africa/Nairobi",
  "Pacific/Chatham",
] as const;
const OFFSETS = [0, 37 * DAY + 5 * HOUR, -11 * DAY - 7 * HOUR, 83 * 60_000, -2 * HOUR - 41_000] as const;
// Paths are kept short of the 108 bytes a Unix socket may have.
const FOLDERS = ["a", "deeper/down", "b2", "with some-blanks/in it", "long-name-of-a-folder/x"] as const;

/**
 * The conditions of one round of captures; no two rounds have the same.
 * @param round counted from 0
 * @param base folder below which state directories are made
 */
export function conditionsOf(round: number, base: string): LaunchConditions {
  const at = <T>(list: readonly [T, ...T[]], index: number): T => list[index % list.length] ?? list[0];
  const cycle = Math.floor(round / OFFSETS.length);
  return {
    timeZone: at(ZONES, round),
    clockOffsetMs: at(OFFSETS, round) + cycle * (3 * DAY + 13 * HOUR + 17_000),
    stateRoot: join(base, `${at(FOLDERS, round)}${cycle === 0 ? "" : cycle}`),
  };
}
