import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";

const POLL_MS = 25;
/** A gateway speaks first (connect.challenge); a target that stays silent this long after opening counts as ready too. */
const SILENCE_MS = 250;

/** How waiting for a target ended. */
export type Readiness =
  | { readonly state: "ready" }
  | { readonly state: "gone" }
  | { readonly state: "late"; readonly last: string };

/** Opens one WebSocket. @returns nothing when it opened, else why it did not. */
function probe(url: string, timeoutMs: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, { handshakeTimeout: timeoutMs, perMessageDeflate: false });
    let opened = false;
    let silence: NodeJS.Timeout | undefined;
    const finish = (failure: string | undefined): void => {
      clearTimeout(silence);
      socket.terminate();
      resolve(failure);
    };
    socket.on("open", () => {
      opened = true;
      silence = setTimeout(() => {
        finish(undefined);
      }, SILENCE_MS);
    });
    socket.once("message", () => {
      finish(undefined);
    });
    // Terminating a socket that is still connecting raises an error too; the promise is settled by then.
    socket.on("error", (error) => {
      finish(error.message);
    });
    socket.on("close", (code) => {
      finish(opened ? `closed with ${code} before it said anything` : "closed");
    });
  });
}

/**
 * Waits until a WebSocket opens and either speaks or stays open.
 * @param options.gone says that there is nothing left to wait for
 */
export async function waitUntilReady(options: {
  readonly url: string;
  readonly timeoutMs: number;
  readonly gone: () => boolean;
}): Promise<Readiness> {
  const deadline = performance.now() + options.timeoutMs;
  let last = "no answer";
  for (;;) {
    if (options.gone()) return { state: "gone" };
    const left = deadline - performance.now();
    if (left <= 0) return { state: "late", last };
    const failure = await probe(options.url, Math.max(POLL_MS, Math.min(left, 2_000)));
    if (options.gone()) return { state: "gone" };
    if (failure === undefined) return { state: "ready" };
    last = failure;
    await sleep(POLL_MS);
  }
}
