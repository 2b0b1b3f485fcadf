import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Argument, type Command } from "commander";
import type { Io } from "./io.ts";
import { suiteRoot } from "./suite-root.ts";

/**
 * Ids of all scenarios by the names of their files, and nothing read: a shell waits for it. A scenario's file is called
 * after its id.
 */
export function scenarioIds(root: string): string[] {
  const folder = join(root, "conformance", "scenarios");
  return readdirSync(folder, { withFileTypes: true })
    .filter((area) => area.isDirectory())
    .flatMap((area) =>
      readdirSync(join(folder, area.name))
        .filter((file) => file.endsWith(".yaml"))
        .map((file) => `${area.name}/${file.slice(0, -".yaml".length)}`),
    )
    .toSorted();
}

async function targetWords(cwd: string): Promise<string[]> {
  const { loadConfig } = await import("./config/load-config.ts");
  // A configuration that cannot be read has no names; the shell is no place to say so.
  const loaded = await loadConfig(undefined, cwd).catch(() => undefined);
  const named = Object.keys(loaded?.config.targets ?? {}).map((name) => `@${name}`);
  return [...named, "reference", "openclaw@2026.2.17", "cmd:", "ws://127.0.0.1:", "wss://"];
}

/** `lockstep complete-words`: what the scripts ask for while somebody types. */
export function addCompleteWords(program: Command, io: Io, finish: (exitCode: number) => void): void {
  program
    .command("complete-words", { hidden: true })
    .addArgument(new Argument("<kind>").choices(["ids", "targets"]))
    .action(async (kind: string) => {
      const words = kind === "ids" ? scenarioIds(suiteRoot(undefined, io.cwd)) : await targetWords(io.cwd);
      io.out(words.map((word) => `${word}\n`).join(""));
      finish(0);
    });
}

/** `lockstep completion bash|zsh|fish`. */
export function addCompletion(program: Command, io: Io, finish: (exitCode: number) => void): void {
  program
    .command("completion")
    .description("print a script that completes commands, flags, scenarios and targets in a shell")
    .addArgument(new Argument("<shell>").choices(["bash", "zsh", "fish"]))
    .addHelpText(
      "after",
      "\nExamples:\n  source <(lockstep completion bash)\n  lockstep completion zsh > ~/.zsh/completions/_lockstep\n  lockstep completion fish > ~/.config/fish/completions/lockstep.fish\n",
    )
    .action(async (shell: string) => {
      const { buildProgram } = await import("./program.ts");
      const { treeOf } = await import("./completion/tree.ts");
      const { bashScript, zshScript } = await import("./completion/posix.ts");
      const { fishScript } = await import("./completion/fish.ts");
      const write = { bash: bashScript, zsh: zshScript, fish: fishScript }[shell] ?? bashScript;
      io.out(write(treeOf(await buildProgram([], io, finish))));
      finish(0);
    });
}
