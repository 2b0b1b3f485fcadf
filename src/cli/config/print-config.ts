import type { Command } from "commander";
import type { AppliedConfig } from "./apply-config.ts";
import { SETTINGS, type Setting } from "./settings.ts";

/** Options about this command line alone. */
const NOT_SHOWN = new Set(["config", "printConfig", "color"]);
const SECRETS = new Set(["token", "password"]);

function shown(name: string, value: unknown): string {
  if (SECRETS.has(name)) return "(set, not shown)";
  if (value === false) return "off";
  if (value === true) return "on";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/**
 * Every value a command would run with, one a line: name, value, where it comes from. Secrets are only said to be there.
 * @param token whether the environment holds one for targets without a name.
 */
export function renderConfig(
  command: Command,
  { target, sources, loaded }: AppliedConfig,
  token: boolean,
): string {
  const rows: string[][] = [];
  if (target !== undefined) rows.push(["target", target, sources.get("target") ?? "flag"]);
  const names = new Set(command.options.map((option) => option.attributeName()));
  for (const name of names) {
    if (NOT_SHOWN.has(name)) continue;
    const value: unknown = command.getOptionValue(name);
    const from = command.getOptionValueSource(name);
    const settings: readonly Setting[] = SETTINGS;
    const fallback = settings.find(({ option }) => option === name)?.fallback;
    if (value === undefined && name === "token" && token)
      rows.push([name, "(set, not shown)", "LOCKSTEP_TOKEN"]);
    else if (value === undefined) rows.push([name, fallback ?? "-", "default"]);
    else rows.push([name, shown(name, value), from === "cli" ? "flag" : (sources.get(name) ?? "default")]);
  }
  const file = loaded === undefined ? "no configuration in this folder" : `configuration: ${loaded.file}`;
  const width = (column: number): number => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  const [first, second] = [width(0), width(1)];
  const lines = rows.map(([name = "", value = "", source = ""]) => {
    return `${name.padEnd(first)}  ${value.padEnd(second)}  ${source}`;
  });
  return `${file}\n\n${lines.join("\n")}\n`;
}
