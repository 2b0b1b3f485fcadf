import { afterEach } from "vitest";
import { startTestGateway, type TestGateway } from "./gateway-client.ts";

/**
 * Starts gateways that end with the test which started them. To be called where hooks may be, once per file.
 * @returns takes the options of {@link startTestGateway}.
 */
export function gatewaysPerTest(): typeof startTestGateway {
  const running: TestGateway[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((gateway) => gateway.dispose()));
  });
  return async (options) => {
    const gateway = await startTestGateway(options);
    running.push(gateway);
    return gateway;
  };
}
