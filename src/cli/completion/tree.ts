import type { Command, Option } from "commander";

/** What the shell may offer behind a flag or in the place of an argument. */
export type Offer = "ids" | "targets" | "files" | readonly string[];

/** One flag, as it is typed. */
export interface FlagNode {
  readonly flag: string;
  readonly description: string;
  /** Absent for a switch; an empty list for a value that nobody can guess. */
  readonly value?: Offer;
}

/** One command, with its parents' names before its own. */
export interface CommandNode {
  readonly path: string;
  readonly description: string;
  readonly commands: readonly string[];
  readonly flags: readonly FlagNode[];
  readonly words: readonly Offer[];
}

/** What stands in the place of an argument, by the name it has in the help. */
const ARGUMENTS: Readonly<Record<string, readonly Offer[]>> = {
  words: ["targets", "ids"],
  patterns: ["ids"],
  id: ["ids"],
  ids: ["ids"],
  target: ["targets"],
  targets: ["targets"],
};

function valueOf({ flags, argChoices, long }: Option): Offer | undefined {
  const [, name] = /[<[]([^>\]]+)[>\]]/.exec(flags) ?? [];
  if (name === undefined) return undefined;
  if (argChoices !== undefined) return argChoices;
  if (["--primary", "--secondary", "--upstream"].includes(long ?? "")) return "targets";
  return /file|dir|path|outcome\.json/.test(name) ? "files" : [];
}

function flagOf(option: Option): FlagNode {
  const value = valueOf(option);
  return {
    flag: option.long ?? option.short ?? "",
    description: option.description,
    ...(value === undefined ? {} : { value }),
  };
}

/** A command and all below it, hidden ones left out. The first is the program, whose path is empty. */
export function treeOf(command: Command, path = ""): CommandNode[] {
  const help = command.createHelp();
  const below = help.visibleCommands(command).filter((inner) => inner.name() !== "help");
  const own: CommandNode = {
    path,
    description: command.description(),
    commands: below.map((inner) => inner.name()),
    flags: help.visibleOptions(command).map(flagOf),
    words: command.registeredArguments.flatMap((argument) => ARGUMENTS[argument.name()] ?? []),
  };
  return [own, ...below.flatMap((inner) => treeOf(inner, `${path} ${inner.name()}`.trim()))];
}

/** Flags of a command whose value is of one kind. */
export function flagsWith(node: CommandNode, is: (value: Offer) => boolean): string[] {
  return node.flags.flatMap(({ flag, value }) => (value !== undefined && is(value) ? [flag] : []));
}
