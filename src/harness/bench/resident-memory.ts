import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** Bytes a process holds in memory, when it belongs to the group. */
function ofProcess(pid: string, group: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // pid (name) state ppid pgrp ...; the name may hold blanks and parentheses.
    const [, , pgrp] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (Number(pgrp) !== group) return 0;
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return kilobytes === undefined ? 0 : Number(kilobytes) * 1_024;
  } catch {
    return 0;
  }
}

/** Reads what `ps -A -o pgid=,rss=` printed. */
export function groupBytes(listing: string, group: number): number {
  return listing
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number))
    .reduce((sum, [pgid, kilobytes = 0]) => (pgid === group ? sum + kilobytes * 1_024 : sum), 0);
}

/**
 * Resident memory of a whole process group, in bytes: a target may do its work in a child.
 * @returns nothing where the system does not tell
 */
export function residentBytes(group: number): number | undefined {
  let bytes = 0;
  if (process.platform === "linux") {
    for (const name of readdirSync("/proc")) if (/^\d+$/.test(name)) bytes += ofProcess(name, group);
  } else if (process.platform !== "win32") {
    const { stdout, status } = spawnSync("ps", ["-A", "-o", "pgid=,rss="], { encoding: "utf8" });
    if (status === 0) bytes = groupBytes(stdout, group);
  }
  return bytes > 0 ? bytes : undefined;
}
