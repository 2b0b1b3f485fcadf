import { z } from "zod";

/** Version of the recording's own format. */
export const RECORDING_FORMAT = "lockstep-recording/1";

/**
 * A value in a recording. Scalars, arrays and objects mean themselves, but for objects with one of these single keys:
 *
 * - `{"$": "S"}` the symbol S.
 * - `{"$text": ["/sessions/", {"$": "S"}, ".jsonl"]}` a string made of literals and symbols.
 * - `{"$any": {"type": "string", "why": "..."}}` a place that is excluded from comparison. Its JSON type still counts;
 *   several are joined with `|`, and `absent` means that the member may be missing.
 * - `{"$entries": [[key, value], ...]}` an object some of whose keys vary. A key is a string, a symbol or a `$text`;
 *   literal keys come first, in order; entries that only their symbols tell apart may match in any order.
 * - `{"$literal": x}` the object x itself, where x has one of these single keys.
 */
export type Pattern = unknown;

/** What kind of value a symbol stands for. */
export const SYMBOL_KINDS = [
  "known", // chosen by the harness: it must come back as it was sent
  "epoch-ms",
  "iso-time",
  "duration-ms",
  "uuid",
  "hex",
  "counter",
  "hostname",
  "version",
  "secret",
  "number",
  "opaque",
] as const;
export type SymbolKind = (typeof SYMBOL_KINDS)[number];

export const recordedSymbol = z.strictObject({
  kind: z.enum(SYMBOL_KINDS),
  /** JSON type of the value. */
  type: z.enum(["string", "number"]),
  /** A reading of the server's clock during the case. */
  live: z.boolean().optional(),
  /** Shape of a time or a hex id in text: digits as 0, hex digits as x. `2026-02-17T08-00-00.000Z` has its own. */
  shape: z.string().optional(),
  /**
   * Every place the symbol appears: `/<step>/<frame>/<pointer in it>`, where the frame is an index into `received`, or
   * `sent`, `close` or `files/<index>`; below `parts/<index>` for the requests of a `together` step.
   */
  places: z.array(z.string()),
});
export type RecordedSymbol = z.infer<typeof recordedSymbol>;

/** How the connection ended; `reason` is a pattern. */
export const recordedClose = z.strictObject({ code: z.int(), reason: z.unknown() });

interface RecordedStepShape {
  kind: string;
  as?: string | undefined;
  method?: string | undefined;
  sent?: unknown;
  received: unknown[];
  close?: { code: number; reason: unknown } | undefined;
  timedOut?: boolean | undefined;
  files?: { path: unknown; content?: unknown }[] | undefined;
  parts?: RecordedStepShape[] | undefined;
}

export const recordedStep: z.ZodType<RecordedStepShape> = z.lazy(() =>
  z.strictObject({
    kind: z.string(),
    as: z.string().optional(),
    method: z.string().optional(),
    sent: z.unknown().optional(),
    received: z.array(z.unknown()),
    close: recordedClose.optional(),
    timedOut: z.boolean().optional(),
    files: z.array(z.strictObject({ path: z.unknown(), content: z.unknown().optional() })).optional(),
    parts: z.array(recordedStep).optional(),
  }),
);
export type RecordedStep = RecordedStepShape;

export const recordedCase = z.strictObject({
  symbols: z.record(z.string(), recordedSymbol),
  /** Pairs of time or counter symbols of which the first was never greater than the second. */
  order: z.array(z.tuple([z.string(), z.string()])),
  steps: z.array(recordedStep),
});
export type RecordedCase = z.infer<typeof recordedCase>;

export const recordingFile = z.strictObject({
  format: z.literal(RECORDING_FORMAT),
  scenario: z.string(),
  /** SHA-256 of the scenario's meaning: what it sends and from which starting state. */
  digest: z.string(),
  oracle: z.strictObject({ name: z.string(), version: z.string(), protocol: z.int(), node: z.string() }),
  recorded: z.strictObject({
    at: z.string(),
    tool: z.string(),
    runs: z.int(),
    varied: z.array(z.string()),
    selfParity: z.string(),
  }),
  /** Case name (empty when there is just one) -> what the oracle did. */
  cases: z.record(z.string(), recordedCase),
});
export type RecordingFile = z.infer<typeof recordingFile>;

/** A case of a recording by its name; nothing when it has none. A case may be named as a member every object inherits. */
export function caseOf(
  recording: Pick<RecordingFile, "cases"> | undefined,
  name: string,
): RecordedCase | undefined {
  return recording !== undefined && Object.hasOwn(recording.cases, name) ? recording.cases[name] : undefined;
}
