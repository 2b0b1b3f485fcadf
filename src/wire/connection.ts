import { WebSocket } from "ws";
import type { RawData } from "ws";
import { Inbox } from "./inbox.ts";
import type { Match, WireMessage } from "./inbox.ts";
import { DEEPEST_NESTING, isNestedDeeper } from "./nesting.ts";
import type { Tampering } from "./tampering.ts";

/** How a connection ended, as the close frame says; 1006 when there was none. */
export interface WireClose {
  readonly code: number;
  readonly reason: string;
}

export interface OpenOptions {
  /** `ws:` or `wss:`. */
  readonly url: string;
  /** Headers of the upgrade request; `Host` and `Origin` may be among them. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Replaces path and query of the URL. */
  readonly path?: string;
  /** Milliseconds until the upgrade has to be done. */
  readonly timeoutMs?: number;
  readonly inboxLimit?: number;
  /** Milliseconds until a message that the other side does not read counts as not sent; 10 seconds when absent. */
  readonly sendTimeoutMs?: number;
  /** Called for every message before anybody can take it. */
  readonly onMessage?: (message: WireMessage) => void;
  /** Changes what arrives before anybody sees it. */
  readonly tampering?: Tampering | undefined;
  /** Called with every message right before it is sent, which waits for it; what it throws keeps the message back. */
  readonly beforeSend?: ((message: string | Uint8Array) => Promise<void>) | undefined;
}

/** The socket was never opened: refused, unreachable, or answered with another HTTP status than 101. */
export class OpenError extends Error {
  override readonly name = "OpenError";
  /** HTTP status of the answer, when there was one. */
  readonly status: number | undefined;

  constructor(message: string, status: number | undefined, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.status = status;
  }
}

/** Milliseconds for the upgrade when nothing else is said. */
const OPEN_TIMEOUT_MS = 5_000;
/** Milliseconds for the answer to our own close before the socket is cut. */
const CLOSE_TIMEOUT_MS = 1_000;
/**
 * Milliseconds for a message to be handed to the system, which takes it at once unless the other side has stopped reading:
 * nobody waits for that for ever.
 */
const SEND_TIMEOUT_MS = 10_000;
/** Most bytes of one received message; twice what protocol 3 lets a client send. */
const MAX_RECEIVED_BYTES = 64 * 1024 * 1024;

function textOf(data: RawData): string {
  if (Buffer.isBuffer(data)) return data.toString("utf8");
  return Array.isArray(data) ? Buffer.concat(data).toString("utf8") : Buffer.from(data).toString("utf8");
}

function parseJson(text: string): { isJson: boolean; value: unknown } {
  if (isNestedDeeper(text, DEEPEST_NESTING)) return { isJson: false, value: undefined };
  try {
    return { isJson: true, value: JSON.parse(text) as unknown };
  } catch {
    return { isJson: false, value: undefined };
  }
}

/** A socket that is open, or was. */
export class Connection {
  readonly #socket: WebSocket;
  readonly #inbox: Inbox;
  readonly #closing: Promise<WireClose>;
  readonly #beforeSend: OpenOptions["beforeSend"];
  readonly #sendTimeoutMs: number;
  #close: WireClose | undefined;
  #arrived = 0;

  constructor(
    socket: WebSocket,
    {
      inboxLimit,
      onMessage,
      tampering,
      beforeSend,
      sendTimeoutMs = SEND_TIMEOUT_MS,
    }: Pick<OpenOptions, "inboxLimit" | "onMessage" | "tampering" | "beforeSend" | "sendTimeoutMs"> = {},
  ) {
    this.#socket = socket;
    this.#inbox = new Inbox(inboxLimit);
    this.#beforeSend = beforeSend;
    this.#sendTimeoutMs = sendTimeoutMs;
    socket.on("message", (data: RawData, binary: boolean) => {
      const arrived = textOf(data);
      for (const text of tampering?.message(arrived) ?? [arrived]) {
        const message = { index: this.#arrived, at: Date.now(), text, binary, ...parseJson(text) };
        this.#arrived += 1;
        onMessage?.(message);
        this.#inbox.put(message);
      }
    });
    // A broken socket reports an error and then its close; the close is what everybody looks at.
    socket.on("error", () => {});
    this.#closing = new Promise((resolve) => {
      socket.on("close", (code, reason) => {
        const close = { code, reason: reason.toString("utf8") };
        this.#close = tampering?.close(close) ?? close;
        this.#inbox.end();
        resolve(this.#close);
      });
    });
  }

  /** How it ended; nothing while it is open. */
  get closed(): WireClose | undefined {
    return this.#close;
  }

  /** How many messages have arrived: the index that the next one gets. */
  get arrived(): number {
    return this.#arrived;
  }

  /** Messages that were thrown away because too many waited. */
  get dropped(): number {
    return this.#inbox.dropped;
  }

  /** Messages nobody took yet, oldest first. */
  get waiting(): readonly WireMessage[] {
    return this.#inbox.waiting;
  }

  /**
   * Sends one message as it is. Text goes out as UTF-8, so a lone surrogate would be replaced: use bytes for such.
   * @param options.binary whether the frame says so; bytes may travel in a text frame.
   * @returns false when the socket was closed already, or closed before all was handed to it, or does not take it in time.
   */
  send(message: string | Uint8Array, options: { readonly binary?: boolean } = {}): Promise<boolean> {
    if (this.#beforeSend === undefined) return this.#sendNow(message, options);
    return this.#beforeSend(message).then(() => this.#sendNow(message, options));
  }

  #sendNow(message: string | Uint8Array, options: { readonly binary?: boolean }): Promise<boolean> {
    if (this.#socket.readyState !== WebSocket.OPEN) return Promise.resolve(false);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#sendTimeoutMs, false);
      this.#socket.send(message, { binary: options.binary ?? false }, (error) => {
        clearTimeout(timer);
        resolve(error === undefined || error === null);
      });
    });
  }

  /**
   * Sends a JSON value. `null` members stay, lone surrogates go out as `\uXXXX` escapes; numbers that JSON cannot say
   * (`1e400`) need `send`.
   * @throws TypeError for a value that JSON has no text for.
   */
  sendJson(value: unknown): Promise<boolean> {
    const text = JSON.stringify(value) as string | undefined;
    if (text === undefined) throw new TypeError("a message needs a JSON value");
    return this.send(text);
  }

  /** Takes the oldest waiting message that matches, without waiting. */
  take(match: Match): WireMessage | undefined {
    return this.#inbox.take(match);
  }

  /**
   * Takes the oldest message that matches, now or when it arrives.
   * @returns nothing when `timeoutMs` passed or the connection ended first.
   */
  next(match: Match, timeoutMs: number): Promise<WireMessage | undefined> {
    return this.#inbox.next(match, timeoutMs);
  }

  /** Reads nothing more until `resume`: messages, and the other side's close, wait in the sockets between. */
  pause(): void {
    this.#socket.pause();
  }

  /** Reads again after `pause`. */
  resume(): void {
    this.#socket.resume();
  }

  /** Waits until the other side closed; nothing when `timeoutMs` passed first. */
  async waitForClose(timeoutMs: number): Promise<WireClose | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, Math.max(0, timeoutMs), undefined);
    });
    try {
      return await Promise.race([this.#closing, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Closes from our side; cut after a second without an answer. Never rejects, and may be called twice. */
  async close(code = 1000, reason = ""): Promise<WireClose> {
    // A socket that does not read would never see the answer.
    this.#socket.resume();
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.close(code, reason);
    const close = await this.waitForClose(CLOSE_TIMEOUT_MS);
    if (close !== undefined) return close;
    this.#socket.terminate();
    return this.#closing;
  }

  /** Cuts the socket without a close frame. */
  terminate(): void {
    this.#socket.terminate();
  }
}

function addressOf(options: OpenOptions): URL {
  const url = new URL(options.url);
  if (options.path !== undefined) {
    const mark = options.path.indexOf("?");
    url.pathname = mark < 0 ? options.path : options.path.slice(0, mark);
    url.search = mark < 0 ? "" : options.path.slice(mark);
  }
  return url;
}

/**
 * Opens a socket. Nothing is sent on it (upstream-2026.2.17 section 1.1: no sub-protocol, no compression).
 * @throws OpenError when the upgrade fails or takes too long.
 */
export function openConnection(options: OpenOptions): Promise<Connection> {
  return new Promise((resolve, reject) => {
    let socket: WebSocket;
    try {
      socket = new WebSocket(addressOf(options), {
        headers: { ...options.headers },
        handshakeTimeout: options.timeoutMs ?? OPEN_TIMEOUT_MS,
        perMessageDeflate: false,
        maxPayload: MAX_RECEIVED_BYTES,
        followRedirects: false,
      });
    } catch (error) {
      reject(new OpenError(`cannot open ${options.url}`, undefined, error));
      return;
    }
    // Made at once: a server may speak in the same packet that ends the upgrade.
    const connection = new Connection(socket, options);
    socket.once("open", () => resolve(connection));
    socket.once("unexpected-response", (request, response) => {
      const status = response.statusCode;
      request.destroy();
      reject(new OpenError(`${options.url} answers HTTP ${String(status)}, not an upgrade`, status));
    });
    socket.once("error", (error) => {
      reject(new OpenError(`cannot reach ${options.url}: ${error.message}`, undefined, error));
    });
  });
}
