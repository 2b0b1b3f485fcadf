import { isDeepStrictEqual } from "node:util";

interface Sent {
  readonly id: unknown;
  readonly method: string;
}

/** What was asked on one connection and is not answered yet: says which method an answer belongs to. */
export class RequestLedger {
  #open: Sent[] = [];
  /** Messages that are no request, each of which may be answered with any id. */
  #odd = 0;

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

  /**
   * Settles the oldest request with that id.
   * @returns its method; `odd` when the answer may belong to a message that was no request; nothing when nobody asked.
   */
  answered(id: unknown): { readonly method: string } | "odd" | undefined {
    const place = this.#open.findIndex((sent) => isDeepStrictEqual(sent.id, id));
    if (place >= 0) return this.#open.splice(place, 1)[0];
    if (this.#odd === 0) return undefined;
    this.#odd -= 1;
    return "odd";
  }
}
