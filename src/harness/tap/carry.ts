import type { IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import { Transform, pipeline } from "node:stream";
import { connect as connectTls } from "node:tls";
import { POLICY } from "../../contract/index.ts";
import type { CaptureWriter, Told } from "./capture-writer.ts";
import { FrameReader, type Passed } from "./frame-reader.ts";
import { headersFor } from "./headers.ts";
import type { Redactor } from "./redactor.ts";

/** One upgrade request, and who writes down what follows. */
export interface Carried {
  readonly incoming: IncomingMessage;
  readonly client: Socket;
  /** What the client sent behind its request. */
  readonly head: Buffer;
  readonly upstream: URL;
  readonly writer: CaptureWriter;
  readonly redactor: Redactor;
}

/** Twice what protocol 3 lets a client send: answers may be larger than requests. */
const KEPT_BYTES = 2 * POLICY.maxPayload;
/** A response head is no longer; behind it nobody waits for its end. */
const HEAD_LIMIT = 65_536;

type Side = "client" | "gateway";

function connectUpstream(upstream: URL): Socket {
  const host = upstream.hostname.replace(/^\[(.*)\]$/, "$1");
  const secure = upstream.protocol === "wss:";
  const port = upstream.port === "" ? (secure ? 443 : 80) : Number(upstream.port);
  const common = { host, port, allowHalfOpen: true };
  return secure ? connectTls({ ...common, servername: host, ALPNProtocols: ["http/1.1"] }) : connect(common);
}

function requestHead({ incoming, upstream }: Carried): string {
  const headers = headersFor(incoming.rawHeaders, upstream);
  const lines = headers.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${headers[index + 1]}`] : []));
  return [`${incoming.method} ${incoming.url} HTTP/${incoming.httpVersion}`, ...lines, "", ""].join("\r\n");
}

/** What is written of something that passed. */
function toldOf(passed: Passed, connection: number, from: Side, redactor: Redactor): Told {
  const head = { connection, from };
  switch (passed.is) {
    case "close":
      return { line: "close", ...head, code: passed.code, reason: redactor.text(passed.reason) };
    case "ping":
    case "pong":
      return { line: passed.is, ...head, base64: redactor.bytes(passed.data) };
    case "unreadable":
      return { line: "unreadable", ...head, why: passed.why };
    case "skipped":
      return { line: "message", ...head, skipped: { bytes: passed.bytes, why: passed.why } };
    case "message": {
      const fragments = passed.fragments > 1 ? { fragments: passed.fragments } : {};
      if (passed.binary)
        return { line: "message", ...head, base64: redactor.bytes(passed.data), ...fragments };
      const text = passed.data.toString("utf8");
      try {
        return { line: "message", ...head, json: redactor.json(JSON.parse(text)), ...fragments };
      } catch {
        return { line: "message", ...head, text: redactor.text(text), ...fragments };
      }
    }
    default:
      return passed satisfies never;
  }
}

/** Bytes on their way: handed on first, read along behind, and held back while the disk is slower than the wire. */
function alongside(writer: CaptureWriter, look: (chunk: Buffer) => void): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      this.push(chunk);
      look(chunk);
      writer.settled().then(() => done(), done);
    },
  });
}

/** Finds the end of the gateway's answer to the upgrade; gives on what stands behind it when it was one. */
function afterUpgrade(status: (code: number) => void, frames: (chunk: Buffer) => void) {
  let head: Buffer | undefined = Buffer.alloc(0);
  let refused = false;
  return (chunk: Buffer): void => {
    if (refused) return;
    if (head === undefined) return frames(chunk);
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end < 0 && head.length < HEAD_LIMIT) return;
    const code = Number(/^HTTP\/\d\.\d (\d{3})/.exec(head.toString("latin1", 0, 32))?.[1] ?? 0);
    const rest = head.subarray(end + 4);
    head = undefined;
    status(code);
    refused = code !== 101;
    if (!refused && rest.length > 0) frames(rest);
  };
}

/**
 * Carries one client to the gateway: the request as it came, and from then on bytes both ways, neither looked at before
 * they are handed on nor changed. A side that does not read holds up the other, as it would without the tap.
 * @param finished called once both directions have ended and that is written down
 * @returns the socket to the gateway
 */
export function carry(carried: Carried, finished: () => void): Socket {
  const { incoming, client, head, upstream, writer, redactor } = carried;
  const connection = writer.nextConnection();
  const bytes = { client: 0, gateway: 0 };
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    headers[name] = redactor.header(name, String(value));
  }
  writer.tell({ line: "open", connection, path: redactor.path(incoming.url ?? "/"), headers });
  const readerOf = (from: Side) =>
    new FrameReader(KEPT_BYTES, (passed) => writer.tell(toldOf(passed, connection, from, redactor)));
  const readers = { client: readerOf("client"), gateway: readerOf("gateway") };

  const gateway = connectUpstream(upstream);
  gateway.setNoDelay(true);
  client.setNoDelay(true);
  gateway.write(requestHead(carried));
  let problem: Error | undefined;
  let open = 2;
  const ended = (error?: Error | null): void => {
    problem ??= error ?? undefined;
    open -= 1;
    if (error instanceof Error) {
      client.destroy();
      gateway.destroy();
    }
    if (open > 0) return;
    const code = problem === undefined || !("code" in problem) ? undefined : String(problem.code);
    writer.tell({ line: "end", connection, bytes, ...(code === undefined ? {} : { error: code }) });
    finished();
  };
  const toGateway = alongside(writer, (chunk) => {
    bytes.client += chunk.length;
    readers.client.feed(chunk);
  });
  const look = afterUpgrade(
    (status) => writer.tell({ line: "upgraded", connection, status }),
    (chunk) => readers.gateway.feed(chunk),
  );
  const toClient = alongside(writer, (chunk) => {
    bytes.gateway += chunk.length;
    look(chunk);
  });
  if (head.length > 0) client.unshift(head);
  pipeline(client, toGateway, gateway, ended);
  pipeline(gateway, toClient, client, ended);
  return gateway;
}
