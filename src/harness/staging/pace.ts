import { setTimeout as sleep } from "node:timers/promises";

/** Frames a second on an endpoint that others use too, unless somebody says otherwise. */
export const DEFAULT_RATE = 20;

/** Spreads turns evenly: no two come closer together than the rate allows, in the order in which they were asked for. */
export class Pace {
  readonly #gapMs: number;
  #next = 0;

  /** @param perSecond turns a second; `Infinity` holds nobody back */
  constructor(perSecond: number) {
    this.#gapMs = 1_000 / perSecond;
  }

  /**
   * Resolves when it is the caller's turn.
   * @throws AbortError as soon as the signal fires
   */
  async turn(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const now = performance.now();
    const at = Math.max(now, this.#next);
    this.#next = at + this.#gapMs;
    if (at > now) await sleep(at - now, undefined, signal === undefined ? {} : { signal });
  }
}
