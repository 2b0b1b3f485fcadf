import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { InvalidArgumentError, type Command } from "commander";
import { LockstepError } from "../contract/index.ts";
import { DEFAULT_RATE } from "../harness/staging/index.ts";
import type { TargetOptions } from "../harness/target/index.ts";
import { readIdentity } from "./identity-file.ts";
import type { Io } from "./io.ts";

/** Flags of every command that talks to an endpoint which others use too. */
export interface EndpointFlags {
  readonly token?: string;
  readonly tokenFile?: string;
  readonly deviceIdentity?: string;
  readonly insecure?: boolean;
  readonly rate?: number;
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60 };

/** Parser of a flag's rate: `20/s`, `600/m`, `off`; gives frames a second. */
export function framesPerSecond(text: string): number {
  if (text.trim() === "off") return Infinity;
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(?:\/(s|m))?$/.exec(text.trim()) ?? [];
  const rate = Number(amount) / (SECONDS[unit ?? "s"] ?? 1);
  if (!(rate > 0)) throw new InvalidArgumentError("a rate such as 20/s, 600/m or off");
  return rate;
}

/** Adds the flags. */
export function addEndpointFlags(command: Command): Command {
  return command
    .option(
      "--token <token>",
      "shared token of a ws:// or wss:// target (better: LOCKSTEP_TOKEN or --token-file)",
    )
    .option("--token-file <file>", "file that holds the token and nothing else")
    .option("--device-identity <file>", "connect as this device (lockstep keygen, lockstep pair)")
    .option("--insecure", "allow ws:// to another machine, where the token travels in the clear")
    .option(
      "--rate <n/s>",
      `most frames sent to a URL, such as 20/s, 600/m or off (default: ${DEFAULT_RATE}/s)`,
      framesPerSecond,
    );
}

/** The token of a file, without the line's end. */
function tokenOf(file: string, cwd: string): string {
  let text: string;
  try {
    text = readFileSync(resolve(cwd, file), "utf8").trim();
  } catch (error) {
    throw new LockstepError("USAGE", `the token file ${file} cannot be read`, { cause: error });
  }
  if (text === "" || /\s/.test(text)) {
    throw new LockstepError("USAGE", `the token file ${file} has to hold the token and nothing else`);
  }
  return text;
}

const isUrl = (target: string): boolean => /^wss?:\/\//i.test(target) && URL.canParse(target);

/**
 * What the flags say of a target: its token, the device it knows us by, how fast.
 * @param target as on the command line
 * @throws LockstepError USAGE, DEVICE_IDENTITY_INVALID
 */
export function endpointOptions(
  flags: EndpointFlags,
  target: string,
  io: Pick<Io, "cwd" | "env" | "interrupted">,
): Omit<TargetOptions, "launchReference"> {
  if (flags.token !== undefined && flags.tokenFile !== undefined) {
    throw new LockstepError("USAGE", "--token and --token-file both name the token");
  }
  const named = flags.tokenFile === undefined ? flags.token : tokenOf(flags.tokenFile, io.cwd);
  const identity =
    flags.deviceIdentity === undefined ? undefined : readIdentity(flags.deviceIdentity, io.cwd);
  const pairing = isUrl(target) ? identity?.pairingAt(target) : undefined;
  const token = named ?? (io.env["LOCKSTEP_TOKEN"] === undefined ? pairing?.token : undefined);
  return {
    env: io.env,
    interrupted: io.interrupted,
    ...(token === undefined ? {} : { token }),
    ...(identity === undefined ? {} : { device: identity.device }),
    ...(pairing === undefined ? {} : { scopes: pairing.scopes }),
    ...(flags.insecure === undefined ? {} : { insecure: flags.insecure }),
    ...(flags.rate === undefined ? {} : { rate: flags.rate }),
  };
}

/** Whether the flags or the environment name a token, or the device brings its own. */
export function namesToken(options: Pick<TargetOptions, "token" | "env">): boolean {
  return (options.token ?? options.env?.["LOCKSTEP_TOKEN"] ?? "") !== "";
}

/** Says at the first Ctrl-C what goes on: a clean-up takes a moment, and whoever waits should know. */
export function tellOfStop(io: Pick<Io, "err" | "interrupted">): void {
  const tell = (): void => io.err("\nstopping and cleaning up; Ctrl-C again quits at once\n");
  io.interrupted.addEventListener("abort", tell, { once: true });
}
