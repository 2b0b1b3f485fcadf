import { createHash, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocket, type ClientOptions } from "ws";
import { startGateway, type GatewayOptions, type RunningGateway } from "../../src/gateway/start.ts";

/** A device of a test: a fresh key pair. */
export interface TestDevice {
  readonly id: string;
  readonly publicKey: string;
  readonly privateKey: KeyObject;
}

export function createDevice(): TestDevice {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ type: "spki", format: "der" }).subarray(12);
  const id = createHash("sha256").update(raw).digest("hex");
  return { id, publicKey: raw.toString("base64url"), privateKey };
}

/** Any frame, as tests look at it. */
// A test reaches into whatever came; the assertion is what checks its form.
export type Frame = Record<string, any>; // oxlint-disable-line typescript/no-explicit-any

export interface ConnectChoices {
  readonly device?: TestDevice | undefined;
  readonly scopes?: readonly string[] | undefined;
  /** `null` leaves it out. */
  readonly token?: string | null;
  readonly password?: string;
  readonly role?: string;
  readonly client?: Record<string, unknown>;
  /** Sign v1 and send no nonce. */
  readonly withoutNonce?: boolean;
  readonly signedAt?: number;
  readonly extra?: Record<string, unknown>;
  /** Last change to the params, after signing. */
  readonly tamper?: (params: Frame) => void;
}

/** A raw client: sends what it is told, keeps what arrives. */
export class TestClient {
  readonly socket: WebSocket;
  readonly frames: Frame[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  #waiting: (() => void)[] = [];
  #nextId = 0;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data: Buffer) => {
      this.frames.push(JSON.parse(data.toString("utf8")) as Frame);
      for (const wake of this.#waiting.splice(0)) wake();
    });
    socket.on("error", () => {});
    this.closed = new Promise((resolve) => {
      socket.on("close", (code, reason) => {
        resolve({ code, reason: reason.toString() });
        for (const wake of this.#waiting.splice(0)) wake();
      });
    });
  }

  /** Opens a socket and waits for the challenge. */
  static async open(url: string, options: ClientOptions = {}): Promise<TestClient> {
    const client = new TestClient(new WebSocket(url, options));
    await client.event("connect.challenge");
    return client;
  }

  /** Opens a socket and signs in, with a device of its own unless another is chosen. @throws when it is refused. */
  static async join(url: string, choices: ConnectChoices = {}): Promise<TestClient> {
    const client = await TestClient.open(url);
    const answer = await client.connect({ device: createDevice(), ...choices });
    if (answer["ok"] !== true) throw new Error(`refused: ${JSON.stringify(answer["error"])}`);
    return client;
  }

  /** The first frame that fits, waiting for it if need be. */
  async find(fits: (frame: Frame) => boolean, from = 0): Promise<Frame> {
    for (;;) {
      const found = this.frames.slice(from).find(fits);
      if (found !== undefined) return found;
      if (this.socket.readyState === WebSocket.CLOSED) throw new Error("closed before the frame came");
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  event(name: string, from = 0): Promise<Frame> {
    return this.find((frame) => frame["event"] === name, from);
  }

  send(frame: unknown): void {
    this.socket.send(typeof frame === "string" || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame));
  }

  /** Sends a request and gives its response. */
  async request(method: string, params?: unknown): Promise<Frame> {
    this.#nextId += 1;
    const id = `r${this.#nextId}`;
    this.send({ type: "req", id, method, params });
    return this.find((frame) => frame["type"] === "res" && frame["id"] === id);
  }

  params(choices: ConnectChoices): Frame {
    const { device, scopes, password, role, withoutNonce = false } = choices;
    const token = choices.token === undefined ? "T" : choices.token;
    const auth = { ...(token === null ? {} : { token }), ...(password === undefined ? {} : { password }) };
    const params: Frame = {
      minProtocol: 3,
      maxProtocol: 3,
      client: { id: "test", version: "1", platform: "linux", mode: "test", ...choices.client },
      ...(role === undefined ? {} : { role }),
      ...(scopes === undefined ? {} : { scopes: [...scopes] }),
      ...(Object.keys(auth).length === 0 ? {} : { auth }),
      ...choices.extra,
    };
    if (device !== undefined) {
      const signedAt = choices.signedAt ?? Date.now();
      const nonce = this.frames[0]?.["payload"].nonce as string;
      const fields = [
        withoutNonce ? "v1" : "v2",
        device.id,
        params["client"].id,
        params["client"].mode,
        role ?? "operator",
        (scopes ?? []).join(","),
        String(signedAt),
        token ?? "",
        ...(withoutNonce ? [] : [nonce]),
      ];
      params["device"] = {
        id: device.id,
        publicKey: device.publicKey,
        signature: sign(null, Buffer.from(fields.join("|")), device.privateKey).toString("base64url"),
        signedAt,
        ...(withoutNonce ? {} : { nonce }),
      };
    }
    choices.tamper?.(params);
    return params;
  }

  /** Sends connect and gives its response. */
  async connect(choices: ConnectChoices = {}): Promise<Frame> {
    this.send({ type: "req", id: "connect", method: "connect", params: this.params(choices) });
    return this.find((frame) => frame["type"] === "res" && frame["id"] === "connect");
  }

  /** Waits until the gateway has dealt with everything sent so far. */
  async settle(): Promise<void> {
    await this.request("nope.settle");
  }

  async leave(): Promise<void> {
    this.socket.close();
    await this.closed;
  }
}

/** A gateway in a directory of its own; `url` takes clients, `dispose` removes both. */
export interface TestGateway extends RunningGateway {
  dispose(): Promise<void>;
}

export async function startTestGateway(options: Partial<GatewayOptions> = {}): Promise<TestGateway> {
  const stateDir = options.stateDir ?? (await mkdtemp(join(tmpdir(), "lockstep-gateway-")));
  const gateway = await startGateway({
    port: 0,
    stateDir,
    ...(options.config === undefined && options.configPath === undefined ? { token: "T" } : {}),
    ...options,
  });
  const dispose = async (): Promise<void> => {
    await gateway.stop();
    await rm(stateDir, { recursive: true, force: true });
  };
  return { ...gateway, dispose };
}
