import type { WireClose } from "./connection.ts";

/**
 * Stands between a socket and whoever reads it, and changes what arrives: so that it can be shown that a reader would
 * notice (`lockstep mutate`).
 */
export interface Tampering {
  /** What is read instead of a message: nothing, other texts, or the text itself. */
  readonly message: (text: string) => readonly string[];
  /** How the connection seems to end. */
  readonly close: (close: WireClose) => WireClose;
}
