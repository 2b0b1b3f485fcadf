import { readdirSync, readFileSync } from "node:fs";

/** Processes whose environment names a folder: those that were started with it as their place for temporary files. */
export function processesOf(folder: string): string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, "utf8").includes(folder);
    } catch {
      return false;
    }
  });
}
