import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createDevice } from "../../wire/index.ts";
import type { LaunchPlace } from "../target/types.ts";
import { signIn } from "./sign-in.ts";

const POLL_MS = 2;

/** Whether anybody listens. */
function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

/**
 * Waits for the first hello-ok of a process that is starting now. It looks every two milliseconds, so it is late by no
 * more than that.
 * @returns milliseconds from the call to hello-ok; nothing when it took longer than `timeoutMs` or `gone` fired first
 */
export async function timeToHello(
  place: LaunchPlace,
  timeoutMs: number,
  gone: AbortSignal,
): Promise<number | undefined> {
  const since = performance.now();
  const port = Number(new URL(place.url).port);
  const device = createDevice();
  const left = (): number => timeoutMs - (performance.now() - since);
  while (left() > 0 && !gone.aborted) {
    if (await listens(port)) {
      try {
        const socket = await signIn({ url: place.url, token: place.token, device, timeoutMs: left() });
        const took = performance.now() - since;
        socket.close();
        return took;
      } catch {
        // It listens, but does not take anybody in yet.
      }
    }
    await sleep(POLL_MS);
  }
  return undefined;
}
