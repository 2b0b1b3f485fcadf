export { GatewayError, type GatewayErrorCode } from "./errors.ts";
export {
  DEFAULT_PORT,
  resolveGatewayOptions,
  startGateway,
  type GatewayFlags,
  type GatewayOptions,
  type RunningGateway,
} from "./start.ts";
export { createGatewayLogger } from "./server/log.ts";
