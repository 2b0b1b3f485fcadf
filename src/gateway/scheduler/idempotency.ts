import { createHash } from "node:crypto";

/** What the first request with a key was answered. */
export interface TwinAnswer {
  readonly runId: string;
  readonly status: string;
}

/** What a key says about a request: nothing is known, another one had it, its answer, or no key can be held any more. */
export type Claim = "new" | "conflict" | "full" | TwinAnswer;

interface InFlight {
  readonly digest: string;
  readonly answer: TwinAnswer;
}

interface Settled extends InFlight {
  readonly at: number;
}

/**
 * Idempotency of this project's own methods (docs/session-rpcs.md section 5): by method, session and key, and by what was
 * asked. A request under way is remembered until it has ended; after that for a time, and of many the newest. Without a
 * clock: all times come in, in milliseconds since 1970. Every call costs the same however much is remembered.
 */
export class Idempotency {
  private readonly inFlight = new Map<string, InFlight>();
  /** Oldest first. */
  private readonly settled = new Map<string, Settled>();
  private readonly maxEntries: number;
  private readonly ttlMs: number;

  /** @param maxEntries that are under way, and as many again that have ended. */
  constructor(maxEntries: number, ttlMs: number) {
    this.maxEntries = maxEntries;
    this.ttlMs = ttlMs;
  }

  get size(): number {
    return this.inFlight.size + this.settled.size;
  }

  /**
   * Looks whether a request was made before, and holds its key when it was not.
   * @param scope the method and the session; no two are mixed up.
   * @param key as the client gave it; without one every request is new.
   * @param runId the run that a new request would start.
   */
  claim(
    scope: readonly string[],
    key: string | undefined,
    digest: string,
    runId: string,
    now: number,
  ): Claim {
    if (key === undefined) return "new";
    const name = nameOf(scope, key);
    this.forgetOld(now);
    const known = this.inFlight.get(name) ?? this.settled.get(name);
    if (known !== undefined) return known.digest === digest ? known.answer : "conflict";
    if (this.inFlight.size >= this.maxEntries) return "full";
    this.inFlight.set(name, { digest, answer: { runId, status: "in_flight" } });
    return "new";
  }

  /** A request has ended: whoever repeats it gets this answer for a while. */
  settle(scope: readonly string[], key: string | undefined, status: string, now: number): void {
    if (key === undefined) return;
    const name = nameOf(scope, key);
    const known = this.inFlight.get(name);
    if (known === undefined) return;
    this.inFlight.delete(name);
    const { digest, answer } = known;
    this.settled.set(name, { digest, answer: { runId: answer.runId, status }, at: now });
    this.forgetOld(now);
  }

  /** A request came to nothing: its key may be used again. */
  release(scope: readonly string[], key: string | undefined): void {
    if (key !== undefined) this.inFlight.delete(nameOf(scope, key));
  }

  private forgetOld(now: number): void {
    for (const [name, { at }] of this.settled) {
      if (this.settled.size <= this.maxEntries && now - at <= this.ttlMs) return;
      this.settled.delete(name);
    }
  }
}

/** Of one length, whatever clients send, and unlike for unlike parts. */
const nameOf = (scope: readonly string[], key: string): string =>
  createHash("sha256")
    .update(JSON.stringify([...scope, key]))
    .digest("base64url");
