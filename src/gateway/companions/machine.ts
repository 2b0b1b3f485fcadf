import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { Environment } from "../config/paths.ts";

/** What a skill may ask of the machine, and whether it is there. */
export interface Machine {
  readonly platform: string;
  readonly env: Environment;
  readonly hasProgram: (name: string) => boolean;
}

/** This machine, as seen through the PATH of `env`. */
export function describeMachine(platform: string, env: Environment): Machine {
  const directories = (env["PATH"] ?? "").split(delimiter).filter((directory) => directory !== "");
  const hasProgram = (name: string): boolean =>
    directories.some((directory) => {
      try {
        accessSync(join(directory, name), constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
  return { platform, env, hasProgram };
}

/** A list written as a list, or as text with commas. */
export function nameList(value: unknown): string[] {
  const items: unknown[] = Array.isArray(value) ? value : typeof value === "string" ? value.split(",") : [];
  return items.map((item) => String(item).trim()).filter((item) => item !== "");
}
