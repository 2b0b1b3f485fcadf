import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { GatewayError } from "../errors.ts";

/** Called for a request that wants to become a WebSocket. */
export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** The port listened on, and the way to stop. */
export interface Listener {
  readonly port: number;
  /** Refuses new connections; resolves when the open ones are gone. */
  close(): Promise<void>;
  /** Tears down the plain HTTP connections that are still open. */
  destroy(): void;
}

function listenOn(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

const explain = (error: NodeJS.ErrnoException, port: number): GatewayError =>
  error.code === "EADDRINUSE"
    ? new GatewayError(
        "PORT_IN_USE",
        `another process is already listening on ws://127.0.0.1:${port}`,
        "Stop it, or choose another port (0 takes any free one).",
        error,
      )
    : new GatewayError(
        "LISTEN_FAILED",
        `failed to bind gateway socket on ws://127.0.0.1:${port}: ${error.message}`,
        "Choose a port this user may listen on.",
        error,
      );

/**
 * Listens on 127.0.0.1 and, where the machine has it, on [::1] with the same port.
 * @param port 0 takes any free one.
 * @param maxSockets of any kind, per address; more are dropped as they come.
 * @throws GatewayError PORT_IN_USE or LISTEN_FAILED.
 */
export async function listenOnLoopback(
  port: number,
  onRequest: RequestListener,
  onUpgrade: UpgradeListener,
  maxSockets: number,
): Promise<Listener> {
  const open = (): Server => {
    const server = createServer(onRequest);
    server.on("upgrade", onUpgrade);
    server.maxConnections = maxSockets;
    return server;
  };
  const servers = [open()];
  const [first] = servers;
  if (first === undefined) throw new TypeError("no server");
  const actual = await listenOn(first, "127.0.0.1", port).catch((error: unknown) => {
    throw explain(error as NodeJS.ErrnoException, port);
  });
  const second = open();
  try {
    await listenOn(second, "::1", actual);
    servers.push(second);
  } catch {
    // No IPv6, or the port is taken there: 127.0.0.1 alone is enough.
    second.close();
  }
  const closeOne = (server: Server): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeIdleConnections();
    });
  return {
    port: actual,
    close: async () => {
      await Promise.all(servers.map(closeOne));
    },
    destroy: () => {
      for (const server of servers) server.closeAllConnections();
    },
  };
}
