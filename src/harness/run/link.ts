import type { Connection } from "../../wire/index.ts";
import type { RequestLedger } from "./request-ledger.ts";

/** One named connection of a case. */
export interface Link {
  readonly name: string;
  readonly connection: Connection;
  readonly ledger: RequestLedger;
  /** Nonce of its challenge, once that came. */
  nonce?: string;
  /** The challenge was waited for, and taken when it came. */
  greeted: boolean;
  /** A connect step used it; the next one opens another. */
  introduced: boolean;
  /** hello-ok came. */
  ready: boolean;
  /** Its process was ended by a step. */
  orphaned: boolean;
}

/** The server would not let a socket open, or answered the upgrade with a status. */
export interface Refusal {
  readonly received: readonly unknown[];
  readonly close: { readonly code: number; readonly reason: string };
}
