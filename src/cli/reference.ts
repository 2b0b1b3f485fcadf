import { startGateway, type RunningGateway } from "../gateway/index.ts";
import type { ReferenceLauncher } from "../harness/target/index.ts";

/**
 * Starts the bundled gateway in this process for the target `reference`. This is the one place where harness and
 * gateway come together; they still meet over a socket alone.
 */
export const launchReference: ReferenceLauncher = async ({ stateDir, env }) => {
  const port = Number(env["OPENCLAW_GATEWAY_PORT"] ?? 0);
  // The configuration on disk holds the token, or does not where a scenario is about a gateway without one.
  // Scenarios begin with corrupt stores too, and ask what a gateway answers over them; on its own it would not start.
  const gateway: RunningGateway = await startGateway({ port, stateDir, env, serveDamaged: true });
  return { port: gateway.port, stop: () => gateway.stop(), kill: () => gateway.kill() };
};
