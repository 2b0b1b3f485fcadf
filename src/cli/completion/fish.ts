import type { CommandNode, FlagNode, Offer } from "./tree.ts";

/** `'text'` for fish. */
const quote = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", String.raw`\'`)}'`;

/** Fish's test for having arrived at a command, and not yet at one below it. */
function condition({ path, commands }: CommandNode): string {
  if (path === "") return "__fish_use_subcommand";
  const seen = path.split(" ").map((name) => `__fish_seen_subcommand_from ${name}`);
  const below = commands.length === 0 ? [] : [`not __fish_seen_subcommand_from ${commands.join(" ")}`];
  return [...seen, ...below].join("; and ");
}

function valueFlags(value: Offer | undefined): string {
  if (value === undefined) return "";
  if (value === "files") return " -r -F";
  const words = typeof value === "string" ? `(lockstep complete-words ${value})` : value.join(" ");
  return words === "" ? " -x" : ` -x -a ${quote(words)}`;
}

function flagLine(when: string, { flag, description, value }: FlagNode): string {
  const name = flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`;
  return `complete -c lockstep -n ${quote(when)} ${name}${valueFlags(value)} -d ${quote(description)}`;
}

/** A script for fish: `lockstep completion fish | source`. */
export function fishScript(nodes: readonly CommandNode[]): string {
  const byPath = new Map(nodes.map((node) => [node.path, node]));
  const lines = nodes.flatMap((node) => {
    const when = condition(node);
    const commands = node.commands.map((name) => {
      const description = byPath.get(`${node.path} ${name}`.trim())?.description ?? "";
      return `complete -c lockstep -n ${quote(when)} -a ${name} -d ${quote(description)}`;
    });
    const words = node.words.flatMap((offer) =>
      typeof offer === "string" && offer !== "files"
        ? [`complete -c lockstep -n ${quote(when)} -a ${quote(`(lockstep complete-words ${offer})`)}`]
        : [],
    );
    return [...commands, ...words, ...node.flags.map((flag) => flagLine(when, flag))];
  });
  return `# lockstep completion for fish: lockstep completion fish | source\ncomplete -c lockstep -f\n${lines.join("\n")}\n`;
}
