import { createServer } from "node:net";

// Ports handed out and perhaps not bound yet: the system may name the same one twice before the first is in use.
const reserved = new Set<number>();

function askSystem(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.unref();
    server.once("error", reject);
    server.listen({ host: "127.0.0.1", port: 0, exclusive: true }, () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => {
        resolve(port);
      });
    });
  });
}

/** A TCP port on 127.0.0.1 that nothing listens on, reserved in this process until `releasePort`. */
export async function reservePort(): Promise<number> {
  for (;;) {
    const port = await askSystem();
    if (!reserved.has(port)) {
      reserved.add(port);
      return port;
    }
  }
}

/** Gives a port back. */
export function releasePort(port: number): void {
  reserved.delete(port);
}
