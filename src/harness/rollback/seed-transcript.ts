/** What a made transcript is made of. */
export interface TranscriptSeed {
  readonly sessionId: string;
  /** Which variety it is: the same number, the same lines. */
  readonly index: number;
  /** Time of its last line, epoch ms. */
  readonly endsAt: number;
  readonly cwd: string;
}

const MINUTE = 60_000;
/** Beyond this many counted messages a timeseries is put into buckets (upstream-2026.2.17 section 2.14). */
const LONG_PAIRS = 120;

const SAYINGS = [
  "What is left to do?",
  "Grüße aus Köln 👋🏽",
  "line one\nline two\n\n```ts\nconst x = 1;\n```",
  "[Mon 2026-01-05 10:00 UTC] stamped words",
  "日本語でお願いします",
];

function assistant(index: number, turn: number, at: number): Record<string, unknown> {
  const input = 80 + ((index + turn) % 7);
  // Every third one has no price of its own: then the configured one counts, or is missing.
  const cost = { input: 0.00008, output: 0.00002, cacheRead: 0.000002, cacheWrite: 0, total: 0.000102 };
  const usage = { input, output: 10, cacheRead: 20, cacheWrite: 0, totalTokens: input + 30 };
  const known = turn % 2 === 0;
  return {
    role: "assistant",
    content: [{ type: "text", text: `Answer ${turn} of ${index}.` }],
    api: "openai-completions",
    provider: known ? "stub" : "elsewhere",
    model: known ? "echo" : "unpriced",
    usage: turn % 3 === 2 ? usage : { ...usage, cost },
    stopReason: "stop",
    timestamp: at,
  };
}

function toolTurn(at: number): Record<string, unknown>[] {
  const call = { type: "toolCall", id: "call_1", name: "lookup", arguments: { what: "weather" } };
  return [
    {
      role: "assistant",
      content: [call],
      provider: "stub",
      model: "echo",
      stopReason: "toolUse",
      timestamp: at,
    },
    {
      role: "toolResult",
      toolCallId: "call_1",
      toolName: "lookup",
      content: [{ type: "text", text: "rain" }],
      isError: false,
      timestamp: at + 1,
    },
  ];
}

/**
 * Text of a transcript in upstream's format (upstream-2026.2.17 section 5.4): turns with usage, some with tools, a
 * compaction, a kind of line that nobody knows, and now and then one that is broken.
 */
export function seedTranscript({ sessionId, index, endsAt, cwd }: TranscriptSeed): string {
  const pairs = index % 97 === 0 ? LONG_PAIRS : 1 + (index % 5);
  const startsAt = endsAt - (pairs + 1) * MINUTE;
  const iso = (at: number): string => new Date(at).toISOString();
  const lines: string[] = [
    JSON.stringify({ type: "session", version: 3, id: sessionId, timestamp: iso(startsAt), cwd }),
  ];
  let parentId: string | null = null;
  const add = (type: string, at: number, more: object): void => {
    const id = lines.length.toString(16).padStart(8, "0");
    lines.push(JSON.stringify({ type, id, parentId, timestamp: iso(at), ...more }));
    parentId = id;
  };
  add("model_change", startsAt, { provider: "stub", modelId: "echo" });
  for (let turn = 0; turn < pairs; turn += 1) {
    const at = startsAt + (turn + 1) * MINUTE;
    const text = `${SAYINGS[(index + turn) % SAYINGS.length] ?? ""} (${index}.${turn})`;
    add("message", at, { message: { role: "user", content: [{ type: "text", text }], timestamp: at } });
    if (index % 6 === 1) for (const message of toolTurn(at + 500)) add("message", at + 500, { message });
    add("message", at + 1_500, { message: assistant(index, turn, at + 1_500) });
  }
  if (index % 9 === 2)
    add("compaction", endsAt, { summary: "Earlier words", firstKeptEntryId: "00000002", tokensBefore: 900 });
  if (index % 10 === 4) add("x-later-kind", endsAt, { "x-later": { nested: [1, null, "x"] } });
  // As a crash leaves it, in the middle of a file that went on.
  if (index % 13 === 5) lines.splice(-1, 0, '{"type":"message","id":"cut');
  return lines.map((line) => `${line}\n`).join("");
}
