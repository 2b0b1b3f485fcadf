import { randomUUID } from "node:crypto";
import { deviceSignaturePayload } from "../../contract/index.ts";
import { isJsonObject, type JsonObject } from "../learn/json-tree.ts";
import { valueAt } from "../scenario/json.ts";
import { isPlaceholder } from "../tap/index.ts";
import { createDevice, type DeviceIdentity } from "../../wire/index.ts";
import type { Exchange } from "./timeline.ts";
import { mapScalars, replaceVolatile } from "./volatile-text.ts";

const textAt = (value: unknown, pointer: string): string | undefined => {
  const found = valueAt(value, pointer)?.value;
  return typeof found === "string" ? found : undefined;
};

/** The device tokens that the gateway gave in a capture: placeholder -> id of the device. */
function givenTokens(exchanges: readonly Exchange[]): Map<string, string> {
  const tokens = new Map<string, string>();
  for (const { frame, answers } of exchanges) {
    const device = textAt(frame, "/params/device/id");
    for (const answer of answers) {
      const token = textAt(answer, "/payload/auth/deviceToken");
      if (device !== undefined && token !== undefined) tokens.set(token, device);
    }
  }
  return tokens;
}

/**
 * What a replay says in place of what the captured client said: ids that the client made up are made up anew, ids that the
 * gateway gave are those that the target gives, devices are ours, tokens the target's. The same stands for the same
 * throughout.
 */
export class StandIns {
  readonly #token: string;
  readonly #own: DeviceIdentity | undefined;
  readonly #accepted = new Set<string>();
  readonly #given: ReadonlyMap<string, string>;
  readonly #devices = new Map<string, DeviceIdentity>();
  readonly #deviceTokens = new Map<string, string>();
  /** Captured piece of text -> what stands for it. */
  readonly #pieces = new Map<string, string>();

  /**
   * @param token the target's shared token
   * @param own the device by which the target knows us, where it knows us; it stands for all of them
   */
  constructor(exchanges: readonly Exchange[], token: string, own?: DeviceIdentity) {
    this.#token = token;
    this.#own = own;
    this.#given = givenTokens(exchanges);
    for (const { method, frame, answers } of exchanges) {
      if (method !== "connect" || answers[0]?.["ok"] !== true) continue;
      for (const member of ["token", "password"]) {
        const secret = textAt(frame, `/params/auth/${member}`);
        if (secret !== undefined) this.#accepted.add(secret);
      }
    }
  }

  /** A captured text as it is sent now. */
  text(captured: string): string {
    return replaceVolatile(captured, (form, piece) => {
      const known = this.#pieces.get(piece);
      if (known !== undefined) return known;
      // Times that a client names mean what they say.
      if (form !== "uuid") return piece;
      const fresh = randomUUID();
      this.#pieces.set(piece, fresh);
      return fresh;
    });
  }

  /** A captured value as it is sent now. */
  value(captured: unknown): unknown {
    return mapScalars(captured, (text) => this.text(text));
  }

  /** Learns from an answer which of the target's ids stand for which of the captured ones. */
  noteAnswer(captured: unknown, actual: unknown): void {
    if (typeof captured === "string" && typeof actual === "string") this.#notePieces(captured, actual);
    else if (Array.isArray(captured) && Array.isArray(actual)) {
      for (const [index, item] of captured.entries()) this.noteAnswer(item, actual[index]);
    } else if (isJsonObject(captured) && isJsonObject(actual)) {
      for (const [key, member] of Object.entries(captured)) {
        if (Object.hasOwn(actual, key)) this.noteAnswer(member, actual[key]);
      }
    }
  }

  #notePieces(captured: string, actual: string): void {
    const pieces = (text: string): [string, string][] => {
      const found: [string, string][] = [];
      replaceVolatile(text, (form, piece) => {
        if (form === "uuid" || form === "hex") found.push([form, piece]);
        return piece;
      });
      return found;
    };
    const theirs = pieces(actual);
    for (const [index, [form, piece]] of pieces(captured).entries()) {
      const other = theirs[index];
      if (other?.[0] === form && !this.#pieces.has(piece)) this.#pieces.set(piece, other[1]);
    }
  }

  #deviceFor(id: string): DeviceIdentity {
    const there = this.#devices.get(id);
    if (there !== undefined) return there;
    const device = this.#own ?? createDevice();
    this.#devices.set(id, device);
    this.#pieces.set(id, device.id);
    return device;
  }

  /** What is sent for a captured credential: one that worked works again, one that did not does not. */
  #credential(captured: string): string {
    const device = this.#given.get(captured);
    const token = device === undefined ? undefined : this.#deviceTokens.get(device);
    if (token !== undefined) return token;
    return this.#accepted.has(captured) || !isPlaceholder(captured) ? this.#token : "not-the-token";
  }

  #auth(params: JsonObject): Readonly<Record<string, string>> | undefined {
    const { auth } = params;
    if (!isJsonObject(auth)) return undefined;
    const secret = ["token", "password"].map((member) => auth[member]).find((one) => typeof one === "string");
    if (typeof secret !== "string" || secret === "") return {};
    const value = this.#credential(secret);
    // Whatever a client proved itself with there, here it is the token.
    return value === "" ? {} : { token: value };
  }

  /**
   * Params of a connect request like the captured one, from a device of ours.
   * @param nonce of this connection's challenge
   * @param now the target's clock, epoch ms
   */
  connectParams(captured: JsonObject, nonce: string | undefined, now: number): JsonObject {
    const { device: theirs, auth: _auth, ...rest } = captured;
    const auth = this.#auth(captured);
    const params: Record<string, unknown> = {
      ...(this.value(rest) as JsonObject),
      ...(auth === undefined ? {} : { auth }),
    };
    if (!isJsonObject(theirs)) return params;
    const device = this.#deviceFor(String(theirs["id"]));
    const signed = theirs["nonce"] === undefined ? undefined : nonce;
    const payload = deviceSignaturePayload({
      deviceId: device.id,
      clientId: textAt(params, "/client/id") ?? "",
      clientMode: textAt(params, "/client/mode") ?? "",
      role: textAt(params, "/role") ?? "operator",
      scopes: Array.isArray(params["scopes"]) ? params["scopes"].map(String) : [],
      signedAt: now,
      token: auth?.["token"] ?? "",
      nonce: signed,
    });
    params["device"] = {
      id: device.id,
      publicKey: device.publicKey,
      signature: device.sign(payload).toString("base64url"),
      signedAt: now,
      ...(signed === undefined ? {} : { nonce: signed }),
    };
    return params;
  }

  /** Keeps the token that the target gave to the device of a captured connect. */
  noteHello(captured: JsonObject, answer: unknown): void {
    const device = textAt(captured, "/params/device/id");
    const token = textAt(answer, "/payload/auth/deviceToken");
    if (device !== undefined && token !== undefined) this.#deviceTokens.set(device, token);
  }
}
