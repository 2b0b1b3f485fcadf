import { createHash } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { createOutlet, type Outlet } from "./outlet.ts";

const LIMITS = { maxRequestsInFlight: 4, maxUnreadBytes: 1e9, maxBufferedBytes: 1e9 };

let server: WebSocketServer;
beforeEach(async () => {
  server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });
  await once(server, "listening");
});
afterEach(() => {
  for (const client of server.clients) client.terminate();
  server.close();
});

/** A short text as it is, a long one by its digest. */
const brief = (data: Buffer): string =>
  data.length < 100 ? data.toString("utf8") : createHash("sha256").update(data).digest("hex");

/** A client, and the gateway's side of its socket. */
async function join(): Promise<{ outlet: Outlet; socket: WebSocket; received: string[] }> {
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const received: string[] = [];
  client.on("message", (data: Buffer) => received.push(brief(data)));
  const [socket] = (await once(server, "connection")) as [WebSocket];
  return { outlet: createOutlet(socket, LIMITS, () => {}), socket, received };
}

describe("a message in pieces", () => {
  const long = [Buffer.from("["), Buffer.alloc(400_000, "1"), Buffer.from("é]")];
  const whole = brief(Buffer.concat(long));

  test("arrives whole and in its place among others, at everybody who shares the pieces", async () => {
    const clients = [await join(), await join(), await join()];
    for (const { outlet } of clients) {
      outlet.send("before");
      outlet.sendPieces(long);
      outlet.sendText(Buffer.from("event"));
      outlet.sendPieces(long);
    }
    for (const { received } of clients)
      await vi.waitFor(() => expect(received).toEqual(['"before"', whole, "event", whole]));
    expect(brief(Buffer.concat(long))).toBe(whole);
  });

  test("is not copied when it is long, and one frame when it is short", async () => {
    const { outlet, socket, received } = await join();
    const sent = vi.spyOn(socket, "send");
    outlet.sendPieces(long);
    expect(sent.mock.calls.map(([data], at) => data === long[at])).toEqual([true, true, true]);
    sent.mockClear();
    outlet.sendPieces([Buffer.from("{"), Buffer.from("}")]);
    expect(sent).toHaveBeenCalledTimes(1);
    await vi.waitFor(() => expect(received).toEqual([whole, "{}"]));
  });

  test("is not begun on a socket that the gateway has closed", async () => {
    const { outlet, socket, received } = await join();
    outlet.close(1000, "");
    const sent = vi.spyOn(socket, "send");
    outlet.sendPieces(long);
    expect(sent).not.toHaveBeenCalled();
    expect(received).toEqual([]);
  });
});
