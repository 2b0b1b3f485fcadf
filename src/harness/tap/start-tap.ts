import { createServer, request as requestHttp, type IncomingMessage, type ServerResponse } from "node:http";
import { request as requestHttps } from "node:https";
import { isIPv6, type AddressInfo, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { LockstepError } from "../../contract/index.ts";
import { isLoopback } from "../target/url-target.ts";
import { CaptureWriter } from "./capture-writer.ts";
import { carry } from "./carry.ts";
import { headerObject, headersFor } from "./headers.ts";
import { Redactor } from "./redactor.ts";

export interface TapOptions {
  /** `ws:` or `wss:` URL of the gateway. */
  readonly upstream: URL;
  /** A loopback address. */
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** File that is written; not there yet. */
  readonly out: string;
  readonly tool: string;
  /** Further members that hold secrets. */
  readonly redact?: readonly string[];
  /** Secrets known beforehand. */
  readonly secrets?: readonly string[];
}

/** A tap that carries clients. */
export interface Tap {
  /** Where clients connect. */
  readonly url: string;
  readonly port: number;
  readonly counts: () => {
    readonly connections: number;
    readonly client: number;
    readonly gateway: number;
  };
  /** Ends every connection, writes the footer. @throws LockstepError HARNESS_FAULT when the file is not whole */
  readonly close: () => Promise<void>;
}

function passRequest(
  incoming: IncomingMessage,
  response: ServerResponse,
  upstream: URL,
  told: (status: number) => void,
): void {
  const send = upstream.protocol === "wss:" ? requestHttps : requestHttp;
  const outgoing = send({
    host: upstream.hostname.replace(/^\[(.*)\]$/, "$1"),
    ...(upstream.port === "" ? {} : { port: Number(upstream.port) }),
    method: incoming.method ?? "GET",
    path: incoming.url ?? "/",
    headers: headerObject(headersFor(incoming.rawHeaders, upstream)),
  });
  outgoing.once("response", (answer) => {
    told(answer.statusCode ?? 0);
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, answer.rawHeaders);
    answer.pipe(response);
    answer.once("error", () => response.destroy());
  });
  outgoing.once("error", () => {
    told(502);
    if (response.headersSent) response.destroy();
    else response.writeHead(502, { "content-type": "text/plain" }).end("the gateway cannot be reached\n");
  });
  response.once("close", () => outgoing.destroy());
  incoming.pipe(outgoing);
}

/**
 * Listens on loopback and carries every client to the gateway, byte for byte, writing down what passes.
 * @throws LockstepError USAGE when it cannot listen there or cannot write the file
 */
export async function startTap(options: TapOptions): Promise<Tap> {
  const { upstream, host } = options;
  if (!isLoopback(host)) {
    throw new LockstepError("USAGE", `${host} is no loopback address`, {
      hint: "a tap sees every token; it listens on 127.0.0.1 alone",
    });
  }
  const redactor = new Redactor(options.redact, options.secrets);
  const sockets = new Set<Duplex>();
  const keep = (socket: Duplex): void => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  };
  const ends = new Set<Promise<void>>();
  let writer: CaptureWriter | undefined;
  const server = createServer((incoming, response) => {
    const { method = "GET", url = "/" } = incoming;
    passRequest(incoming, response, upstream, (status) =>
      writer?.tell({ line: "http", method, path: redactor.path(url), status }),
    );
  });
  // What lasts long is the gateway's to decide.
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  server.on("connection", (socket: Socket) => keep(socket));
  server.on("upgrade", (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (writer === undefined) socket.destroy();
    else {
      const carried = { incoming, client: socket as Socket, head, upstream, writer, redactor };
      const end = new Promise<void>((resolve) => keep(carry(carried, resolve)));
      ends.add(end);
      void end.then(() => ends.delete(end));
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) =>
      reject(
        new LockstepError("USAGE", `cannot listen on ${host}:${options.port}`, {
          cause: error,
          hint: "--listen names a free port of this machine",
        }),
      ),
    );
    server.listen(options.port, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const url = `ws://${isIPv6(host) ? `[${host}]` : host}:${port}`;
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  try {
    writer = await CaptureWriter.open(options.out, {
      tool: options.tool,
      upstream: redactor.path(upstream.href),
      listen: url,
    });
  } catch (error) {
    await stop();
    throw error;
  }
  const open = writer;
  return {
    url,
    port,
    counts: () => ({ connections: open.connections, ...open.messages }),
    close: async () => {
      await stop();
      await Promise.all(ends);
      await open.end(redactor.count);
    },
  };
}
