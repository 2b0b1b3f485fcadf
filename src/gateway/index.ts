export { GatewayError } from "./errors.ts";
export { resolveGatewayOptions, startGateway, type GatewayOptions, type RunningGateway } from "./start.ts";
