import { WebSocket } from "ws";
import { connectParamsFor, type DeviceIdentity } from "../../wire/index.ts";

/** Who a benchmark and a soak say they are, and which scopes they ask for. */
export const CLIENT = { id: "test", version: "1.0.0", platform: "lockstep", mode: "test" } as const;
export const SCOPES = ["operator.admin", "operator.read", "operator.write"];
const TIMEOUT_MS = 30_000;
/** Twice what protocol 3 lets a client send. */
export const MAX_RECEIVED_BYTES = 64 * 1024 * 1024;

/** Where to, and as whom; without a device nobody signs in. */
export interface SignInOptions {
  readonly url: string;
  readonly token?: string;
  readonly device?: DeviceIdentity;
  readonly timeoutMs?: number;
}

interface Frame {
  readonly event?: unknown;
  readonly payload?: { readonly nonce?: unknown };
  readonly id?: unknown;
  readonly ok?: unknown;
}

/** Whoever listens at a port need not be a gateway. */
function readFrame(data: Buffer): Frame | undefined {
  try {
    const value: unknown = JSON.parse(data.toString("utf8"));
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Opens a bare socket and connects on it. It parses nothing after hello-ok, which is why the wire's own connection is
 * not used: it would cost more than the gateways that are measured.
 * @throws Error when it is refused, or takes too long
 */
export function signIn(options: SignInOptions): Promise<WebSocket> {
  const { url, token = "", device, timeoutMs = TIMEOUT_MS } = options;
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, {
      perMessageDeflate: false,
      skipUTF8Validation: true,
      maxPayload: MAX_RECEIVED_BYTES,
      handshakeTimeout: timeoutMs,
    });
    const fail = (why: string): void => {
      clearTimeout(timer);
      socket.removeAllListeners();
      socket.on("error", () => {});
      socket.terminate();
      reject(new Error(why));
    };
    const timer = setTimeout(() => fail(`${url} said no hello within ${timeoutMs} ms`), timeoutMs);
    const admit = (): void => {
      clearTimeout(timer);
      socket.removeAllListeners();
      // A broken socket reports an error and then its close; the close is what counts.
      socket.on("error", () => {});
      resolve(socket);
    };
    socket.once("error", (error) => fail(error.message));
    socket.once("close", (code, reason) => fail(`closed: ${code} ${reason.toString("utf8")}`));
    if (device === undefined) {
      socket.once("open", admit);
      return;
    }
    socket.on("message", (data: Buffer) => {
      const frame = readFrame(data);
      if (frame === undefined) {
        fail(`said what is no frame: ${data.toString("utf8", 0, 400)}`);
      } else if (frame.event === "connect.challenge") {
        const { nonce } = frame.payload ?? {};
        const params = connectParamsFor(
          { client: CLIENT, scopes: SCOPES, device, ...(token === "" ? {} : { token }) },
          typeof nonce === "string" ? nonce : undefined,
        );
        socket.send(JSON.stringify({ type: "req", id: "connect", method: "connect", params }));
      } else if (frame.id === "connect") {
        if (frame.ok === true) admit();
        else fail(`connect was refused: ${data.toString("utf8", 0, 400)}`);
      }
    });
  });
}
