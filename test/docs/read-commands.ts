import parseArgv from "string-argv";

/** A command that a page shows. */
export interface DocumentedCommand {
  readonly page: string;
  readonly line: number;
  /** The command as it is written. */
  readonly text: string;
  /** Its words behind `lockstep`. */
  readonly words: readonly string[];
  /**
   * Fences marked `sh` are run, unless a comment before them says `parsed:` and why, or the command wants what no test has;
   * others are parsed.
   */
  readonly isRun: boolean;
}

const START = /^(?:[A-Z_]+=\S+\s+)*(?:npx )?lockstep\s+/;
const MARKER = /^<!-- parsed: (.{10,}) -->$/;

/** What a shell would hand to the first command of a line that is lockstep; nothing when there is none. */
function wordsOf(text: string): string[] | undefined {
  // Comments, redirections and what comes behind a pipe are the shell's.
  const bare = text.replace(/\s{2,}#\s.*$|\s#\s.*$/, "");
  const part = bare.split(/ && | \| | > |; /).find((one) => START.test(one.trim()));
  return part === undefined ? undefined : parseArgv(part.trim().replace(START, ""));
}

/** What no test has at hand; such commands are parsed wherever they stand. */
const OUT_OF_REACH: readonly (readonly [RegExp, string])[] = [
  [/\bwss?:\/\//, "a gateway that runs already"],
  [/\bcmd:/, "a port"],
  [/^(run|record|mutate|bench)\b.*\bopenclaw@/, "the original, installed from the network"],
  [/^(record|review|accept|reject)\b/, "recordings that wait for review"],
  [/^(gateway|tap)\b/, "serves until it is stopped"],
  [/^(mutate|bench|soak|parity|rollback-check)\b/, "takes minutes"],
];

const isInReach = (words: readonly string[]): boolean =>
  !OUT_OF_REACH.some(([form]) => form.test(words.join(" ")));

/** Every lockstep command in the fences of a Markdown page, continued lines joined. */
export function readCommands(page: string, markdown: string): DocumentedCommand[] {
  const found: DocumentedCommand[] = [];
  let fence: { readonly isRun: boolean; readonly isShell: boolean } | undefined;
  let before = "";
  let held = "";
  for (const [index, line] of markdown.split("\n").entries()) {
    const [, language] = /^\s*```(\S*)/.exec(line) ?? [];
    if (language !== undefined) {
      const isShell = ["", "sh", "console", "bash"].includes(language);
      fence = fence === undefined ? { isRun: language === "sh" && !MARKER.test(before), isShell } : undefined;
      held = "";
    } else if (fence?.isShell === true) {
      const joined = `${held}${line.trim()}`;
      held = joined.endsWith("\\") ? joined.slice(0, -1) : "";
      const words = held === "" ? wordsOf(joined.replace(/^\$ /, "")) : undefined;
      if (words !== undefined)
        found.push({ page, line: index + 1, text: joined, words, isRun: fence.isRun && isInReach(words) });
    }
    if (line.trim() !== "") before = line.trim();
  }
  return found;
}
