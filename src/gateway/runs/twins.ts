import { Remembered } from "./remembered.ts";

/** What the first request with a key was answered. */
export interface TwinAnswer {
  readonly runId: string;
  readonly status: string;
}

interface Known {
  readonly digest: string;
  readonly answer: TwinAnswer | undefined;
}

/** Idempotency of this project's own methods (docs/session-rpcs.md section 5): by method, session and key, and by what was asked. */
export class Twins {
  private readonly known: Remembered<Known>;

  /** @param now milliseconds since 1970. */
  constructor(maxEntries: number, ttlMs: number, now: () => number) {
    this.known = new Remembered(maxEntries, ttlMs, now);
  }

  /**
   * Looks whether a request was made before, and holds its key when it was not.
   * @param key as the client gave it; without one every request is new.
   * @returns what the first one was answered; `other` when that one asked something else; nothing for a new request.
   */
  claim(scope: string, key: string | undefined, digest: string): TwinAnswer | "other" | undefined {
    if (key === undefined) return undefined;
    const name = `${scope}\t${key}`;
    const known = this.known.get(name);
    if (known === undefined) {
      this.known.set(name, { digest, answer: undefined });
      return undefined;
    }
    return known.digest === digest ? known.answer : "other";
  }

  /** Notes what a request was answered. */
  answer(scope: string, key: string | undefined, answer: TwinAnswer): void {
    const name = `${scope}\t${key ?? ""}`;
    const known = this.known.get(name);
    if (key !== undefined && known !== undefined) this.known.set(name, { ...known, answer });
  }
}
