import { WebSocket } from "ws";
import { connectParamsFor, type DeviceIdentity } from "../../wire/index.ts";
import { readMessage } from "../bench/answer.ts";
import { CLIENT, MAX_RECEIVED_BYTES, SCOPES } from "../bench/sign-in.ts";
import { oneLine } from "../report/text.ts";

/** Where to, and with which shared token. */
export interface SoakPlace {
  readonly url: string;
  /** Empty when the endpoint asks for none. */
  readonly token: string;
}

/** What became of a request. */
export type Answer = "ok" | "closed" | { readonly refused: string };

const HELLO_MS = 30_000;

/** The code and text of a refusal, without the id that is another each time. */
function refusalText(data: Buffer): string {
  try {
    const { error } = JSON.parse(data.toString("utf8")) as { error?: { code?: unknown; message?: unknown } };
    if (typeof error?.message === "string") return `${String(error.code)}: ${error.message}`.slice(0, 300);
  } catch {
    // It is shown as it came.
  }
  return oneLine(data.toString("utf8", 0, 300));
}

/** A client of a soak: it counts what comes, and parses only what it must, since there are thousands. */
export class SoakClient {
  /** Messages that were no answers. */
  events = 0;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<string, (answer: Answer) => void>();
  #next = 0;
  #why: string | undefined;
  #closed: string | undefined;
  #onChallenge: ((nonce: string | undefined) => void) | undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data: Buffer) => this.#receive(data));
    socket.on("error", (error) => (this.#why ??= error.message));
    socket.on("close", (code, reason) => {
      this.#closed = this.#why ?? `closed with ${code} ${reason.toString("utf8")}`.trimEnd();
      this.#onChallenge?.(undefined);
      for (const settle of this.#waiting.values()) settle("closed");
      this.#waiting.clear();
    });
  }

  /** Why the connection is gone; nothing while it is there. */
  get closed(): string | undefined {
    return this.#closed;
  }

  /** Requests without an answer yet. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Opens a socket and connects: with a device for scopes, by the token alone for none.
   * @throws Error when it is refused, or there is no hello-ok within 30 s
   */
  static async connect({ url, token }: SoakPlace, device?: DeviceIdentity): Promise<SoakClient> {
    const socket = new WebSocket(url, {
      perMessageDeflate: false,
      skipUTF8Validation: true,
      maxPayload: MAX_RECEIVED_BYTES,
    });
    const client = new SoakClient(socket);
    const patience = setTimeout(() => {
      client.#why = `no hello-ok within ${HELLO_MS / 1_000} s`;
      socket.terminate();
    }, HELLO_MS);
    try {
      const nonce = await new Promise<string | undefined>((resolve) => {
        client.#onChallenge = resolve;
      });
      const signed = device === undefined ? { scopes: [] } : { device, scopes: SCOPES };
      const params = connectParamsFor(
        { client: CLIENT, ...signed, ...(token === "" ? {} : { token }) },
        nonce,
      );
      const answer = await client.request("connect", params);
      if (answer === "ok") return client;
      throw new Error(answer === "closed" ? client.#closed : answer.refused);
    } catch (error) {
      client.end();
      throw error;
    } finally {
      clearTimeout(patience);
    }
  }

  /** Asks, and waits for what becomes of it for as long as the connection is there. Never rejects. */
  request(method: string, params: unknown): Promise<Answer> {
    if (this.#closed !== undefined) return Promise.resolve("closed");
    this.#next += 1;
    const id = `r${this.#next}`;
    return new Promise((settle) => {
      this.#waiting.set(id, settle);
      this.#socket.send(JSON.stringify({ type: "req", id, method, params }));
    });
  }

  end(): void {
    this.#socket.terminate();
  }

  #receive(data: Buffer): void {
    const reading = readMessage(data);
    if (reading.is === "answer") {
      const settle = this.#waiting.get(reading.id);
      this.#waiting.delete(reading.id);
      settle?.(reading.ok ? "ok" : { refused: refusalText(data) });
      return;
    }
    this.events += 1;
    if (this.#onChallenge === undefined || !data.includes("connect.challenge")) return;
    const { payload } = JSON.parse(data.toString("utf8")) as { payload?: { nonce?: unknown } };
    const tell = this.#onChallenge;
    this.#onChallenge = undefined;
    tell(typeof payload?.nonce === "string" ? payload.nonce : undefined);
  }
}
