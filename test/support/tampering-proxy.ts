import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer, type RawData } from "ws";

/** A frame on its way from the gateway to the client, as parsed JSON. */
export interface PassingFrame {
  readonly type?: string;
  readonly id?: unknown;
  readonly ok?: boolean;
  readonly payload?: Record<string, unknown>;
  readonly error?: { code: string; message: string };
  readonly event?: string;
  readonly seq?: number;
}

/** What a tamperer may look at besides the frame. */
export interface Passing {
  /** Method of the request that the frame answers; undefined for events. */
  readonly method: string | undefined;
  /** Responses to that method so far on this proxy, this one included. */
  readonly nth: number;
}

/** One way of being wrong. */
export interface Tampering {
  /** Frames to deliver instead of this one: itself, changed, several, or none. */
  readonly frame?: (frame: PassingFrame, passing: Passing) => readonly unknown[];
  /** Close code and reason to give instead of the gateway's. */
  readonly close?: (code: number, reason: string) => { code: number; reason: string };
}

export interface TamperingProxy {
  readonly url: string;
  readonly port: number;
  readonly close: () => Promise<void>;
}

const textOf = (data: RawData): string =>
  (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer)).toString("utf8");

/** Puts a gateway that is wrong in one way before a right one. */
export async function startTamperingProxy(upstream: string, tampering: Tampering): Promise<TamperingProxy> {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, maxPayload: 64 * 1024 * 1024 });
  await once(server, "listening");
  const counts = new Map<string, number>();

  server.on("connection", (client, request) => {
    const methods = new Map<unknown, string>();
    const waiting: { data: RawData; binary: boolean }[] = [];
    const { host: _host, ...headers } = request.headers;
    const gateway = new WebSocket(upstream + (request.url ?? "/"), {
      headers: Object.fromEntries(
        Object.entries(headers).filter(([name]) =>
          ["origin", "x-forwarded-for", "user-agent"].includes(name),
        ),
      ),
      perMessageDeflate: false,
    });
    client.on("message", (data, binary) => {
      try {
        const sent = JSON.parse(textOf(data)) as { id?: unknown; method?: string };
        if (typeof sent.method === "string") methods.set(sent.id, sent.method);
      } catch {
        // Not every message is JSON; it passes as it is.
      }
      if (gateway.readyState === WebSocket.OPEN) gateway.send(data, { binary });
      else waiting.push({ data, binary });
    });
    gateway.on("open", () => {
      for (const { data, binary } of waiting.splice(0)) gateway.send(data, { binary });
    });
    gateway.on("message", (data) => {
      const frame = JSON.parse(textOf(data)) as PassingFrame;
      const method = frame.type === "res" ? methods.get(frame.id) : undefined;
      const nth = (counts.get(method ?? "") ?? 0) + 1;
      counts.set(method ?? "", nth);
      const out = tampering.frame?.(frame, { method, nth }) ?? [frame];
      for (const changed of out)
        if (client.readyState === WebSocket.OPEN) client.send(JSON.stringify(changed));
    });
    gateway.on("close", (code, reason) => {
      const own = { code, reason: reason.toString("utf8") };
      const given = tampering.close?.(own.code, own.reason) ?? own;
      if (given.code >= 1000 && given.code !== 1005 && given.code !== 1006)
        client.close(given.code, given.reason);
      else client.terminate();
    });
    gateway.on("error", () => client.terminate());
    client.on("close", () => gateway.close());
    client.on("error", () => gateway.terminate());
  });

  const { port } = server.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${port}`,
    port,
    close: async () => {
      for (const client of server.clients) client.terminate();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
