/** A question: one request that changes nothing. */
export interface Question {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** What came back: the payload, the error, or nothing in time. */
export type Answer =
  | { readonly payload: unknown }
  | { readonly error: unknown }
  | { readonly unanswered: true };

/** Questions with what one gateway answered, so that the next one can be asked the same. */
export type Interview = readonly { readonly question: Question; readonly answer: Answer }[];

/** What a request of ours changes. */
export type WriteKind = "patch" | "chat" | "inject" | "compact" | "reset" | "delete";

/** One change, asked of the gateway that is running. */
export interface Write {
  readonly kind: WriteKind;
  /** As the request names the session. */
  readonly key: string;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** What was looked at when a difference was made. */
export type DifferencePart = "answer" | "write" | "store" | "file";

/** One thing that did not survive the change of gateways. */
export interface Difference {
  readonly part: DifferencePart;
  /** Name of the target that wrote, and of the one that read. */
  readonly wrote: string;
  readonly read: string;
  /** The request, or the file below the state directory. */
  readonly where: string;
  /** JSON pointer below the answer, or below the file's content; empty for the whole. */
  readonly pointer: string;
  readonly expected?: unknown;
  readonly actual?: unknown;
  /** One sentence for a human. */
  readonly message: string;
}

/** What one gateway did on the shared state directory. */
export interface Turn {
  readonly runtime: string;
  readonly role: "oracle" | "target";
  readonly sessions: number;
  readonly questions: number;
  /** Questions that were refused: some are meant to be, but a turn of refusals proves little. */
  readonly refused: number;
  /** Answers compared with those of the gateway before. */
  readonly compared: number;
  readonly writes: number;
  readonly ms: number;
}

/** What a rehearsal of cut-over and roll-back came to. */
export interface RollbackReport {
  readonly oracle: string;
  readonly target: string;
  readonly agents: number;
  readonly turns: readonly Turn[];
  readonly differences: readonly Difference[];
  /** Differences beyond those listed. */
  readonly unlisted: number;
  readonly filesCompared: number;
  readonly entriesCompared: number;
  readonly exclusions: readonly { readonly what: string; readonly reason: string }[];
  /** What of a given state directory was not copied or not taken over. */
  readonly leftOut: readonly string[];
}
