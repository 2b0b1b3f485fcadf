import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { addMigrate } from "./gateway-migrate.ts";
import { GatewayError, resolveGatewayOptions, startGateway } from "../gateway/index.ts";
import type { Io } from "./io.ts";
import { wholeNumber } from "./options.ts";
import { toolVersion } from "./version.ts";

interface GatewayCommandOptions {
  readonly port?: number;
  readonly token?: string;
  readonly password?: string;
  readonly stateDir?: string;
  readonly config?: string;
  readonly logLevel: string;
  readonly acceptLoss?: boolean;
}

const LOG_LEVELS = ["silent", "error", "warn", "info", "debug"];

const untilInterrupted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });

async function runGateway(options: GatewayCommandOptions, io: Io): Promise<void> {
  const { stateDir, config: configPath, port, token, password } = options;
  // Without the file it is named after, a gateway would start with defaults that nobody asked for.
  if (configPath !== undefined && !existsSync(resolve(io.cwd, configPath))) {
    throw new GatewayError(
      "CONFIG_UNREADABLE",
      `there is no ${configPath}`,
      "Correct --config, or leave it out: then openclaw.json in the state directory is read when it is there.",
    );
  }
  const resolved = await resolveGatewayOptions({ port, token, password, stateDir, configPath }, io.env);
  const gateway = await startGateway({
    ...resolved,
    consoleLevel: options.logLevel,
    acceptLoss: options.acceptLoss === true,
    version: `lockstep-${toolVersion()}`,
  });
  io.out(`listening on ${gateway.url}, state in ${gateway.stateDir}\nsessions: ${gateway.durability}\n`);
  await untilInterrupted(io.interrupted);
  await gateway.stop();
}

/** Adds `gateway`, which serves the bundled gateway until it is interrupted. */
export function addGateway(program: Command, io: Io, finish: (exitCode: number) => void): void {
  const gateway = program
    .command("gateway")
    .description("run the bundled reference gateway until SIGINT or SIGTERM")
    .option("--port <n>", "port; 0 takes any free one", wholeNumber(0, 65_535))
    .option("--token <token>", "shared token (or OPENCLAW_GATEWAY_TOKEN, or openclaw.json)")
    .option("--password <password>", "shared password instead of a token")
    .option("--state-dir <dir>", "state directory (default: OPENCLAW_STATE_DIR or ~/.openclaw)")
    .option("--config <file>", "configuration file (default: openclaw.json in the state directory)")
    .addOption(
      new Option("--bind <address>", "address to listen on").choices(["loopback"]).default("loopback"),
    )
    .addOption(
      new Option("--log-level <level>", "what goes to standard error, as JSON lines")
        .choices(LOG_LEVELS)
        .default("info"),
    )
    .option(
      "--accept-loss",
      "start although a session store is corrupt; it is kept aside, what is in it given up",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  lockstep gateway --port 18789 --token secret --state-dir ./state\n  lockstep gateway --port 0 --token t --state-dir /tmp/s --log-level warn\n",
    )
    .action(async (options: GatewayCommandOptions) => {
      await runGateway(options, io);
      finish(0);
    });
  addMigrate(gateway, io, finish);
}
