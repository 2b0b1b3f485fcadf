import { isDeepStrictEqual } from "node:util";

interface Sent {
  readonly id: unknown;
  readonly method: string;
  /** Its work was accepted already: the next answer tells how it ended, and is the last. */
  readonly isAccepted?: boolean;
}

/**
 * What was asked on one connection and is not answered yet: says which method an answer belongs to. And how far its
 * events have been counted.
 */
export class RequestLedger {
  #open: Sent[] = [];
  /** Messages that are no request, each of which may be answered with any id. */
  #odd = 0;
  #lastSeq = Number.NEGATIVE_INFINITY;
  #isChallenged = false;

  /** Notes a challenge. @returns whether it is the connection's first; there is but one (section 1.2). */
  challenged(): boolean {
    const isFirst = !this.#isChallenged;
    this.#isChallenged = true;
    return isFirst;
  }

  /**
   * Notes the number of a broadcast. Clients see gaps, for what they may not see is counted too, but never the same
   * number twice nor a lower one (upstream-2026.2.17 section 1.11).
   * @returns whether it is higher than every one before.
   */
  follows(seq: number): boolean {
    const isHigher = seq > this.#lastSeq;
    this.#lastSeq = Math.max(seq, this.#lastSeq);
    return isHigher;
  }

  /** Notes a message that was sent: a value when it is JSON, nothing when it is not. */
  sent(value: unknown): void {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      const { id, method } = value as Record<string, unknown>;
      if (typeof id === "string" && typeof method === "string") {
        this.#open.push({ id, method });
        return;
      }
    }
    this.#odd += 1;
  }

  /** Notes that a request was answered with the news that its work was accepted: one more answer is due. */
  accepted({ id, method }: Sent): void {
    this.#open.push({ id, method, isAccepted: true });
  }

  /**
   * Settles the oldest request with that id.
   * @returns the request; `odd` when the answer may belong to a message that was no request; nothing when nobody asked.
   */
  answered(id: unknown): Sent | "odd" | undefined {
    const place = this.#open.findIndex((sent) => isDeepStrictEqual(sent.id, id));
    if (place >= 0) return this.#open.splice(place, 1)[0];
    if (this.#odd === 0) return undefined;
    this.#odd -= 1;
    return "odd";
  }
}
