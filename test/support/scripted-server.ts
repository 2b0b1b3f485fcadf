import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";

export interface Peer {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  readonly nonce: string;
  readonly say: (frame: unknown) => void;
}

export interface Request {
  readonly id: unknown;
  readonly method: string;
  readonly params: Record<string, unknown>;
}

/** What a scripted server does. By default it greets, says hello-ok to every connect and echoes params. */
export interface Script {
  readonly greet?: boolean;
  /** Whether an upgrade is let in; otherwise the answer is HTTP 401, or the socket just breaks. */
  readonly admit?: (request: IncomingMessage) => true | "refuse" | "drop";
  readonly onConnection?: (peer: Peer) => void;
  /** Every message as it came; true keeps it from `onRequest`. */
  readonly onMessage?: (peer: Peer, text: string, binary: boolean, data: Buffer) => boolean;
  readonly onRequest?: (peer: Peer, request: Request) => void;
}

export interface ScriptedServer {
  readonly url: string;
  readonly port: number;
  readonly peers: ReadonlySet<Peer>;
  readonly close: () => Promise<void>;
}

/** A hello-ok that fits the contract. */
export function helloFrame(id: unknown, auth?: { deviceToken: string }): unknown {
  return {
    type: "res",
    id,
    ok: true,
    payload: {
      type: "hello-ok",
      protocol: 3,
      server: { version: "scripted", connId: randomUUID() },
      features: { methods: ["health"], events: ["tick"] },
      snapshot: { presence: [], health: {}, stateVersion: { presence: 1, health: 1 }, uptimeMs: 1 },
      ...(auth === undefined ? {} : { auth: { ...auth, role: "operator", scopes: [] } }),
      policy: { maxPayload: 1, maxBufferedBytes: 1, tickIntervalMs: 1 },
    },
  };
}

/** A tiny server that speaks frames as a script tells it. Loopback only. */
export async function startScriptedServer(script: Script = {}, port = 0): Promise<ScriptedServer> {
  const server = new WebSocketServer({
    host: "127.0.0.1",
    port,
    verifyClient: ({ req }: { req: IncomingMessage }) => {
      const verdict = script.admit?.(req) ?? true;
      if (verdict === "drop") req.socket.destroy();
      return verdict === true;
    },
  });
  await new Promise((resolve) => server.once("listening", resolve));
  const peers = new Set<Peer>();
  server.on("connection", (socket, request) => {
    const nonce = randomUUID();
    const peer: Peer = { socket, request, nonce, say: (frame) => socket.send(JSON.stringify(frame)) };
    peers.add(peer);
    socket.on("close", () => peers.delete(peer));
    if (script.greet !== false) {
      peer.say({ type: "event", event: "connect.challenge", payload: { nonce, ts: Date.now() } });
    }
    script.onConnection?.(peer);
    socket.on("message", (data: Buffer, binary) => {
      const text = data.toString("utf8");
      if (script.onMessage?.(peer, text, binary, data) === true) return;
      const frame = JSON.parse(text) as Request;
      if (script.onRequest !== undefined) script.onRequest(peer, frame);
      else if (frame.method === "connect") peer.say(helloFrame(frame.id));
      else peer.say({ type: "res", id: frame.id, ok: true, payload: frame.params ?? null });
    });
  });
  const address = server.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${address.port}`,
    port: address.port,
    peers,
    close: () =>
      new Promise((resolve) => {
        for (const { socket } of peers) socket.terminate();
        server.close(() => resolve());
      }),
  };
}
