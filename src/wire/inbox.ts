/** One message as it arrived. */
export interface WireMessage {
  /** Order of arrival on its connection, from 0. */
  readonly index: number;
  /** Our clock, epoch ms. */
  readonly at: number;
  readonly text: string;
  readonly binary: boolean;
  /** Whether the text is JSON, nested no deeper than `DEEPEST_NESTING`; `value` then holds it, `null` included. */
  readonly isJson: boolean;
  readonly value: unknown;
}

export type Match = (message: WireMessage) => boolean;

interface Waiter {
  readonly match: Match;
  readonly settle: (message: WireMessage | undefined) => void;
}

/** Most messages that wait to be taken; beyond it the oldest goes and is counted. */
export const INBOX_LIMIT = 10_000;

/** Most characters that wait to be taken: ten thousand messages of the largest size would fill any memory. */
export const INBOX_CHARACTERS = 256 * 1024 * 1024;

/**
 * The messages of one connection that nobody took yet, in the order of arrival. A message is given out once.
 */
export class Inbox {
  readonly #limit: number;
  readonly #characters: number;
  #held = 0;
  #waiting: WireMessage[] = [];
  #waiters: Waiter[] = [];
  #ended = false;
  #dropped = 0;

  /** @param limit most messages, and `characters` in all, that wait. */
  constructor(limit: number = INBOX_LIMIT, characters: number = INBOX_CHARACTERS) {
    this.#limit = limit;
    this.#characters = characters;
  }

  /** How many messages were lost because nobody took them. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Messages that wait to be taken. */
  get waiting(): readonly WireMessage[] {
    return this.#waiting;
  }

  /** Hands a message to the first waiter that wants it, or keeps it. */
  put(message: WireMessage): void {
    const waiter = this.#waiters.find((candidate) => candidate.match(message));
    if (waiter !== undefined) {
      waiter.settle(message);
      return;
    }
    this.#waiting.push(message);
    this.#held += message.text.length;
    while (this.#waiting.length > this.#limit || this.#held > this.#characters) {
      this.#held -= this.#waiting.shift()?.text.length ?? 0;
      this.#dropped += 1;
    }
  }

  /** No more messages will come: every wait ends with nothing. */
  end(): void {
    this.#ended = true;
    for (const waiter of this.#waiters) waiter.settle(undefined);
  }

  /** Takes the oldest waiting message that matches. */
  take(match: Match): WireMessage | undefined {
    const place = this.#waiting.findIndex(match);
    if (place < 0) return undefined;
    const [taken] = this.#waiting.splice(place, 1);
    this.#held -= taken?.text.length ?? 0;
    return taken;
  }

  /**
   * Takes the oldest message that matches, now or as soon as it arrives.
   * @param timeoutMs deadline in milliseconds from now.
   * @returns nothing when the deadline passed or the connection ended first.
   */
  next(match: Match, timeoutMs: number): Promise<WireMessage | undefined> {
    const there = this.take(match);
    if (there !== undefined || this.#ended) return Promise.resolve(there);
    return new Promise((resolve) => {
      const settle = (message: WireMessage | undefined): void => {
        clearTimeout(timer);
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        resolve(message);
      };
      const waiter: Waiter = { match, settle };
      const timer = setTimeout(() => settle(undefined), Math.max(0, timeoutMs));
      this.#waiters.push(waiter);
    });
  }
}
