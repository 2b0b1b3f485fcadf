import { LEVELS, type Level } from "../scenario/schema.ts";

const rank = (level: Level | "none"): number => (level === "none" ? -1 : LEVELS.indexOf(level));

/** Whether what was reached is at least what is asked for. `none` satisfies nothing. */
export function satisfies(reached: Level | "none", asked: Level): boolean {
  return rank(reached) >= rank(asked);
}
