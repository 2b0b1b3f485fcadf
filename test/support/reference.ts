import { startGateway } from "../../src/gateway/index.ts";
import { resolveTarget, type ReferenceLauncher, type Target } from "../../src/harness/target/index.ts";
import { startTamperingProxy, type Tampering } from "./tampering-proxy.ts";

/** The bundled gateway, in this process. */
export const launchReference: ReferenceLauncher = async ({ stateDir, env }) => {
  const port = Number(env["OPENCLAW_GATEWAY_PORT"] ?? 0);
  const gateway = await startGateway({ port, stateDir, env });
  return { port: gateway.port, stop: () => gateway.stop(), kill: () => gateway.kill() };
};

/** The bundled gateway as a target, unharmed. */
export const referenceTarget = (): Target => resolveTarget("reference", { launchReference });

/** The bundled gateway behind a proxy that is wrong in one way. */
export function brokenTarget(tampering: Tampering): Target {
  const target = referenceTarget();
  return {
    ...target,
    name: "broken",
    launch: async (state, conditions) => {
      const running = await target.launch(state, conditions);
      const proxy = await startTamperingProxy(running.url, tampering);
      return {
        ...running,
        url: proxy.url,
        dispose: async () => {
          await proxy.close();
          await running.dispose();
        },
      };
    },
  };
}
