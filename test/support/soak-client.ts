import { sign } from "node:crypto";
import { WebSocket } from "ws";
import type { TestDevice } from "./gateway-client.ts";

/** A client of the soak: it counts what comes, and parses only what it must. */
export class SoakClient {
  events = 0;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<
    string,
    { readonly done: () => void; readonly failed: (error: Error) => void }
  >();
  #next = 0;
  #closed: string | undefined;
  #nonce: ((nonce: string) => void) | undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data: Buffer) => this.#receive(data));
    socket.on("error", () => {});
    socket.on("close", (code, reason) => {
      this.#closed = `closed with ${code} ${reason.toString()}`;
      for (const { failed } of this.#waiting.values()) failed(new Error(this.#closed));
      this.#waiting.clear();
    });
  }

  get isClosed(): boolean {
    return this.#closed !== undefined;
  }

  /** Opens a socket and connects: with a device for scopes, by the token alone for none. */
  static async connect(url: string, token: string, device?: TestDevice): Promise<SoakClient> {
    const client = new SoakClient(new WebSocket(url, { perMessageDeflate: false }));
    const nonce = await new Promise<string>((resolve, reject) => {
      client.#nonce = resolve;
      client.#socket.once("close", () => reject(new Error("refused before the challenge")));
    });
    const scopes = ["operator.admin"];
    const params: Record<string, unknown> = {
      minProtocol: 3,
      maxProtocol: 3,
      client: { id: "test", version: "1", platform: "linux", mode: "test" },
      auth: { token },
    };
    if (device !== undefined) {
      const signedAt = Date.now();
      const text = ["v2", device.id, "test", "test", "operator", scopes.join(","), signedAt, token, nonce];
      const signature = sign(null, Buffer.from(text.join("|")), device.privateKey).toString("base64url");
      const { id, publicKey } = device;
      Object.assign(params, { scopes, device: { id, publicKey, signature, signedAt, nonce } });
    }
    await client.request("connect", params);
    return client;
  }

  /** Waits for the answer. @throws when it is a refusal or the socket goes. */
  request(method: string, params: unknown): Promise<void> {
    if (this.#closed !== undefined) return Promise.reject(new Error(this.#closed));
    this.#next += 1;
    const id = `r${this.#next}`;
    return new Promise((done, failed) => {
      this.#waiting.set(id, { done, failed });
      this.#socket.send(JSON.stringify({ type: "req", id, method, params }));
    });
  }

  end(): void {
    this.#socket.terminate();
  }

  #receive(data: Buffer): void {
    const head = data.toString("latin1", 0, 64);
    const id = /^\{"type":"res","id":"([^"]+)","ok":(true|false)/.exec(head);
    if (id === null) {
      this.events += 1;
      if (this.#nonce === undefined || !head.includes("connect.challenge")) return;
      this.#nonce((JSON.parse(data.toString()) as { payload: { nonce: string } }).payload.nonce);
      this.#nonce = undefined;
      return;
    }
    const waiting = this.#waiting.get(id[1] ?? "");
    this.#waiting.delete(id[1] ?? "");
    if (id[2] === "true") waiting?.done();
    else waiting?.failed(new Error(data.toString("utf8", 0, 300)));
  }
}
