import { readdirSync, readFileSync } from "node:fs";
import { membersOf } from "../target/process-group.ts";

/** Seconds. */
export interface ProcessorTimes {
  readonly used: number;
  readonly waitedFor: number;
}

function filesOf(pid: string): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map((task) => `/proc/${pid}/task/${task}/schedstat`);
  } catch {
    return [];
  }
}

function readTimes(file: string): readonly [used: number, waited: number] {
  try {
    const [used = 0, waited = 0] = readFileSync(file, "utf8").split(" ").map(Number);
    return [used / 1e9, waited / 1e9];
  } catch {
    // The thread ended meanwhile.
    return [0, 0];
  }
}

/**
 * How long the threads of a process group have computed, and have waited for a processor while others had it.
 * @returns nothing where the system does not tell (all but Linux)
 */
export function processorTimes(group: number): ProcessorTimes | undefined {
  const times = membersOf(group).flatMap(filesOf).map(readTimes);
  if (times.length === 0) return undefined;
  const sum = (of: 0 | 1): number => times.reduce((total, pair) => total + pair[of], 0);
  return { used: sum(0), waitedFor: sum(1) };
}
