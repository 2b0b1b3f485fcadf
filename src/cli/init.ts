import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Command } from "commander";
import { LockstepError } from "../contract/lockstep-error.ts";
import { CONFIG_FILES } from "./config/config-files.ts";
import { configTemplate, WAIVERS_TEMPLATE, WORKFLOW_TEMPLATE } from "./init/templates.ts";
import type { Io } from "./io.ts";
import { looksLikeTarget } from "./target-argument.ts";

interface InitOptions {
  readonly target?: string;
  readonly github?: boolean;
}

const WORKFLOW = ".github/workflows/lockstep.yml";

/** Writes a file that is not there yet. @returns whether it was written. @throws LockstepError USAGE */
function writeNew(file: string, text: string, cwd: string): boolean {
  const path = join(cwd, file);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw new LockstepError("USAGE", `cannot write ${file}`, {
      cause: error,
      hint: "is this folder writable?",
    });
  }
}

/** The target that was asked for. @throws LockstepError USAGE for what is none. */
function readTarget(target: string | undefined): string {
  if (target === undefined || target === "cmd") return "";
  if (looksLikeTarget(target) && !/^https?:/i.test(target)) return target;
  throw new LockstepError("USAGE", `${JSON.stringify(target)} is no target`, {
    hint: 'such as --target cmd:"./my-gateway --port {port}" or --target ws://127.0.0.1:18789',
  });
}

function initialise(options: InitOptions, io: Io): void {
  const spec = readTarget(options.target);
  const present = CONFIG_FILES.find((file) => existsSync(join(io.cwd, file)));
  const files: [string, string][] = [
    ["lockstep.config.yaml", configTemplate(spec)],
    ["lockstep.waivers.yaml", WAIVERS_TEMPLATE],
    ...(options.github === true ? [[WORKFLOW, WORKFLOW_TEMPLATE] satisfies [string, string]] : []),
  ];
  for (const [file, text] of files) {
    const other = file === CONFIG_FILES[0] ? present : undefined;
    if (other !== undefined) io.out(`kept     ${other}: it is here already\n`);
    else if (writeNew(file, text, io.cwd)) io.out(`written  ${file}\n`);
    else io.out(`kept     ${file}: it is here already\n`);
  }
  const edit =
    spec === "" && present === undefined
      ? "\nFirst put your gateway's command into lockstep.config.yaml.\n"
      : "";
  io.out(`${edit}
Next:
  npx lockstep doctor                    is the gateway there, and does it speak the protocol?
  npx lockstep run 'connect/**'          one area; without it, everything
  npx lockstep show connect/hello-ok     what a scenario asks, and what the original answered
`);
}

/** `lockstep init`: the files a port's repository needs. */
export function addInit(program: Command, io: Io, finish: (exitCode: number) => void): void {
  program
    .command("init")
    .description("write lockstep.config.yaml and lockstep.waivers.yaml for a port; never overwrites")
    .option("--target <target>", "what to check: cmd:..., ws://... or wss://...")
    .option("--github", `write ${WORKFLOW} too`)
    .addHelpText(
      "after",
      '\nExamples:\n  lockstep init --target cmd:"./my-gateway --port {port} --token {token}"\n  lockstep init --target ws://127.0.0.1:18789 --github\n',
    )
    .action((options: InitOptions) => {
      initialise(options, io);
      finish(0);
    });
}
