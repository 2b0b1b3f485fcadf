import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";

/** How a small server answers; what is absent is as the protocol has it. */
export interface Dialect {
  /** Sent on open; nothing when `null`. */
  readonly challenge?: unknown;
  readonly answer?: (request: { id: string; method: string }) => unknown;
}

const CHALLENGE = {
  type: "event",
  event: "connect.challenge",
  payload: { nonce: "00000000-0000-4000-8000-000000000000", ts: 1_771_315_200_000 },
};

/** A server that answers every request in a dialect of its own; close it when done. */
export async function serveDialect(dialect: Dialect): Promise<{ url: string; close: () => Promise<void> }> {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  server.on("connection", (socket) => {
    const challenge = dialect.challenge === undefined ? CHALLENGE : dialect.challenge;
    if (challenge !== null) socket.send(JSON.stringify(challenge));
    socket.on("message", (data: Buffer) => {
      const request = JSON.parse(data.toString("utf8")) as { id: string; method: string };
      const answer = dialect.answer?.(request);
      if (answer !== undefined) socket.send(JSON.stringify(answer));
    });
  });
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        for (const client of server.clients) client.terminate();
        server.close(() => resolve());
      }),
  };
}
