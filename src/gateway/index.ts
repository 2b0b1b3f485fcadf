export { GatewayError } from "./errors.ts";
export { migrateStore } from "./store/migrate.ts";
export { resolveGatewayOptions, startGateway, type GatewayOptions, type RunningGateway } from "./start.ts";
