import { startGateway, type RunningGateway } from "../gateway/index.ts";
import type { ReferenceLauncher } from "../harness/target/index.ts";

/**
 * Starts the bundled gateway in this process for the target `reference`. This is the one place where harness and
 * gateway come together; they still meet over a socket alone.
 */
export const launchReference: ReferenceLauncher = async ({ stateDir, token, env }) => {
  const port = Number(env["OPENCLAW_GATEWAY_PORT"] ?? 0);
  // The token completes the configuration on disk, and must not override it: a scenario may set another mode.
  const secret = token === "" ? {} : { OPENCLAW_GATEWAY_TOKEN: token };
  const gateway: RunningGateway = await startGateway({ port, stateDir, env: { ...secret, ...env } });
  const stop = () => gateway.stop();
  // A gateway in this process cannot be killed alone; what it has acknowledged is on disk either way.
  return { port: gateway.port, stop, kill: stop };
};
