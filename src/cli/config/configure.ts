import { type Command, CommanderError } from "commander";
import type { Io } from "../io.ts";
import { CONFIGURABLE } from "./settings.ts";

function allOf(command: Command, path: string): [string, Command][] {
  const inner = command.commands.flatMap((one) => allOf(one, `${path} ${one.name()}`.trim()));
  return [[path, command], ...inner];
}

/**
 * Lets the commands that take one read a configuration: gives them `--config` and `--print-config`, and puts the values
 * in place between parsing and running. Each command's own errors name its own help, and end as every error does.
 */
export function configure(program: Command, io: Io): void {
  for (const [path, command] of allOf(program, "")) {
    command.showHelpAfterError(
      `hint: ${`lockstep ${path}`.trim()} --help shows what fits\ncode: USAGE (exit 2)`,
    );
    if (!Object.hasOwn(CONFIGURABLE, path)) continue;
    command
      .option(
        "--config <file>",
        "configuration (default: lockstep.config.yaml, .ts, .mjs or .json, when it is here)",
      )
      .option("--print-config", "print every value with where it comes from, and run nothing")
      .hook("preAction", async (_, running) => {
        const { applyConfig } = await import("./apply-config.ts");
        const applied = await applyConfig(running, io);
        if (running.getOptionValue("printConfig") !== true || applied === undefined) return;
        const { renderConfig } = await import("./print-config.ts");
        io.out(renderConfig(running, applied, (io.env["LOCKSTEP_TOKEN"] ?? "") !== ""));
        throw new CommanderError(0, "lockstep.printedConfig", "");
      });
  }
}
