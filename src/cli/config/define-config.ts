import type { LockstepConfig } from "./schema.ts";

/**
 * Gives a configuration written in TypeScript or JavaScript its type; returns what it takes.
 * @example export default defineConfig({ target: "port", targets: { port: { command: "./port --port {port}" } } });
 */
export function defineConfig(config: LockstepConfig): LockstepConfig {
  return config;
}
