import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

const WINDOWS = process.platform === "win32";

/** State and group of a process as Linux tells them; nothing where there is no /proc, or no such process. */
function readStat(pid: number | string): { state: string; group: number } | undefined {
  try {
    // pid (name) state ppid pgrp ...; the name may hold blanks and parentheses.
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state = "", , group] = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { state, group: Number(group) };
  } catch {
    return undefined;
  }
}

/** A process that ended keeps its pid until its parent has asked how; in a container without init nobody may. */
function isDefunct(state: string): boolean {
  return state === "Z" || state === "X";
}

/** Whether a process runs, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
  return !isDefunct(readStat(pid)?.state ?? "");
}

/**
 * Signals a process group by its leader's pid; on Windows, the tree below that pid.
 * @returns false when nothing of it is left
 */
export function signalGroup(leader: number, signal: "SIGTERM" | "SIGKILL"): boolean {
  if (WINDOWS) {
    const force = signal === "SIGKILL" ? ["/F"] : [];
    return spawnSync("taskkill", ["/pid", String(leader), "/T", ...force], { stdio: "ignore" }).status === 0;
  }
  try {
    process.kill(-leader, signal);
    return true;
  } catch {
    return false;
  }
}

/** Pids of a group's processes that run; none where there is no /proc. */
export function membersOf(leader: number): string[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc").filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    const stat = readStat(name);
    return stat !== undefined && stat.group === leader && !isDefunct(stat.state);
  });
}

/** Whether any process of a group runs. */
export function isGroupAlive(leader: number): boolean {
  if (WINDOWS) return isAlive(leader);
  try {
    process.kill(-leader, 0);
  } catch {
    return false;
  }
  return process.platform !== "linux" || membersOf(leader).length > 0;
}
