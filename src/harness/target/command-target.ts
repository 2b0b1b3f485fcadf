import { availableParallelism } from "node:os";
import { fillCommand, splitCommand } from "./command-line.ts";
import type { ResolvedOptions } from "./options.ts";
import { launchInstance, type LaunchValues } from "./process-target.ts";
import type { StartingState, Target } from "./types.ts";

/**
 * Our own environment without what addresses another gateway, or us: a password exported for daily use would change how
 * the target authenticates.
 */
function inheritedEnv(env: ResolvedOptions["env"]): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && !/^(?:OPENCLAW|LOCKSTEP)_/i.test(name)) kept[name] = value;
  }
  return kept;
}

function commandEnv(
  options: ResolvedOptions,
  { folder, port, token }: LaunchValues,
  timeZone: string,
  state: StartingState,
): Record<string, string> {
  return {
    ...inheritedEnv(options.env),
    HOME: folder.home,
    TZ: timeZone,
    OPENCLAW_STATE_DIR: folder.stateDir,
    OPENCLAW_CONFIG_PATH: folder.configPath,
    OPENCLAW_GATEWAY_PORT: String(port),
    ...(token === "" ? {} : { OPENCLAW_GATEWAY_TOKEN: token }),
    ...state.env,
  };
}

/**
 * `cmd:"./my-gateway --port {port}"`: a command that serves the protocol on a port we choose.
 * @throws LockstepError TARGET_INVALID when the command can't be split
 */
export function commandTarget(name: string, command: string, options: ResolvedOptions): Target {
  const argv = splitCommand(command);
  return {
    kind: "cmd",
    name,
    launches: true,
    reseeds: false,
    parallel: Math.max(1, Math.min(availableParallelism() - 1, 4)),
    launch: (state, conditions) =>
      launchInstance(
        {
          name,
          readyTimeoutMs: options.readyTimeoutMs,
          ...(options.interrupted === undefined ? {} : { interrupted: options.interrupted }),
          stopGraceMs: options.stopGraceMs,
          // Whatever language it is written in, its clock is the system's.
          clockOffsetMs: 0,
          plan: (values) => {
            const [program = "", ...args] = fillCommand(argv, {
              port: String(values.port),
              token: values.token,
              state: values.folder.stateDir,
              config: values.folder.configPath,
            });
            return {
              command: program,
              args,
              cwd: process.cwd(),
              env: commandEnv(options, values, conditions.timeZone ?? "UTC", state),
            };
          },
        },
        state,
        conditions,
      ),
  };
}
