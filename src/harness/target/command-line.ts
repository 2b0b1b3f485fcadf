import { parseArgsStringToArgv } from "string-argv";
import { LockstepError } from "../../contract/lockstep-error.ts";

const SHELL_WORDS = new Set(["|", "||", "&&", "&", ";", ">", ">>", "<", "2>&1"]);
const PLACEHOLDERS = ["port", "token", "state", "config"] as const;

/** Values for `{port}`, `{token}`, `{state}` and `{config}`. */
export type CommandValues = Readonly<Record<(typeof PLACEHOLDERS)[number], string>>;

/**
 * Splits a command as a shell would, without one: blanks separate, single and double quotes hold together. Nothing is
 * expanded and a backslash is an ordinary character, so Windows paths stay whole.
 * @throws LockstepError TARGET_INVALID when it is empty, asks for a shell, or names an unknown placeholder
 */
export function splitCommand(text: string): readonly string[] {
  let argv = parseArgsStringToArgv(text);
  // cmd:"./port --port {port}" may arrive with its quotes, from a config file for instance.
  const only = argv.length === 1 ? argv[0] : undefined;
  if (only !== undefined && /\s/.test(only) && /^(["']).*\1$/s.test(text.trim())) {
    argv = parseArgsStringToArgv(only);
  }
  if (argv.length === 0 || argv[0] === "") {
    throw new LockstepError("TARGET_INVALID", "the target's command is empty", {
      hint: 'Write it like this: cmd:"./my-gateway --port {port}"',
    });
  }
  const shell = argv.find((word) => SHELL_WORDS.has(word));
  if (shell !== undefined) {
    throw new LockstepError("TARGET_INVALID", `the target's command needs a shell for ${shell}`, {
      hint: "It is started without one. Put it into a script, or write sh -c '...' yourself.",
    });
  }
  const known: readonly string[] = PLACEHOLDERS;
  const unknown = argv
    .flatMap((word) => [...word.matchAll(/\{([a-z]+)\}/gi)].map((match) => match[1] ?? ""))
    .find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new LockstepError("TARGET_INVALID", `the target's command names an unknown {${unknown}}`, {
      hint: "There are {port}, {token}, {state} (the state directory) and {config} (the path of openclaw.json).",
    });
  }
  return argv;
}

/** Fills the placeholders in. It happens after the split, so that a value with blanks stays one argument. */
export function fillCommand(argv: readonly string[], values: CommandValues): string[] {
  return argv.map((word) =>
    word.replaceAll(/\{(port|token|state|config)\}/g, (_, name: keyof CommandValues) => values[name]),
  );
}
