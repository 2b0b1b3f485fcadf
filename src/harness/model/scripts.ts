/** The part of a chat-completions request that a script looks at. */
export interface ModelRequest {
  readonly model: string;
  readonly stream: boolean;
  readonly messages: readonly { readonly role: string; readonly text: string }[];
}

/** What the scripted model does, in order. */
export type ModelAction =
  | { readonly do: "pause"; readonly ms: number }
  | { readonly do: "text"; readonly text: string }
  | { readonly do: "tool-call"; readonly id: string; readonly name: string; readonly arguments: string }
  | { readonly do: "finish"; readonly reason: "stop" | "tool_calls" | "length" }
  | {
      readonly do: "status";
      readonly status: number;
      readonly message: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly do: "garbage"; readonly text: string }
  | { readonly do: "drop" };

/** Token counts of every scripted answer; the same each time, so that totals can be told in advance. */
export const SCRIPTED_USAGE = {
  prompt_tokens: 100,
  completion_tokens: 10,
  total_tokens: 110,
  prompt_tokens_details: { cached_tokens: 20 },
} as const;

type Script = (request: ModelRequest) => readonly ModelAction[];

const lastUserText = (request: ModelRequest): string =>
  request.messages.findLast((message) => message.role === "user")?.text ?? "";

const answeredByTool = (request: ModelRequest): boolean => request.messages.at(-1)?.role === "tool";

/** The words the user typed: what stands behind the envelope a gateway puts before them. */
function plainWords(text: string): string {
  const afterStamp = /\[\w{3} \d{4}-\d{2}-\d{2} \d{2}:\d{2}[^\]]*\] ([\s\S]*)$/.exec(text);
  return (afterStamp?.[1] ?? text).trim();
}

const STOP: ModelAction = { do: "finish", reason: "stop" };

/** Scripts by model id. Each is a pure function of the request, so a run with the same messages gives the same answer. */
export const MODEL_SCRIPTS = {
  /** Says in three pieces what was said to it. */
  echo: (request) => [
    { do: "text", text: "You said:" },
    { do: "text", text: ` ${plainWords(lastUserText(request))}` },
    { do: "text", text: "." },
    STOP,
  ],
  /** Forty words, fifty milliseconds apart: long enough to watch, to abort, and to queue behind. */
  slow: () => [
    { do: "text", text: "word-1" },
    ...Array.from({ length: 39 }, (_, index): ModelAction[] => [
      { do: "pause", ms: 50 },
      { do: "text", text: ` word-${index + 2}` },
    ]).flat(),
    STOP,
  ],
  /** Two words, then nothing for thirty seconds: for aborts in the middle, whose partial answer is the same each time. */
  stalls: () => [
    { do: "text", text: "First words" },
    { do: "pause", ms: 30_000 },
    { do: "text", text: " and late ones" },
    STOP,
  ],
  /** Says nothing for thirty seconds: for aborts before the first word. */
  silent: () => [{ do: "pause", ms: 30_000 }, { do: "text", text: "late" }, STOP],
  /** Calls a tool, then speaks of what it got. */
  "tool-call": (request) =>
    answeredByTool(request)
      ? [{ do: "text", text: "The tool has answered." }, STOP]
      : [
          { do: "text", text: "Let me look." },
          { do: "tool-call", id: "call_1", name: "lookup", arguments: '{"what":"weather"}' },
          { do: "finish", reason: "tool_calls" },
        ],
  /** Says that a heartbeat found nothing to do. */
  "heartbeat-ok": () => [{ do: "text", text: "HEARTBEAT_OK" }, STOP],
  /** The same, behind a few words. */
  "heartbeat-note": () => [{ do: "text", text: "All is quiet. **HEARTBEAT_OK**" }, STOP],
  /** Says that there is nothing to say. */
  "no-reply": () => [{ do: "text", text: "NO_REPLY" }, STOP],
  /** Stops in the middle of a sentence, because it may not say more. */
  "cut-short": () => [
    { do: "text", text: "As far as the limit" },
    { do: "finish", reason: "length" },
  ],
  /** Ends without a word. */
  empty: () => [STOP],
  /** Several lines, a code block and characters outside the basic plane. */
  unicode: () => [
    { do: "text", text: "Grüße 👋🏽\n\n" },
    { do: "text", text: "```ts\nconst x = 1;\n```\n日本語" },
    STOP,
  ],
  "http-400": () => [{ do: "status", status: 400, message: "the scripted model refuses" }],
  "http-429": () => [
    { do: "status", status: 429, message: "the scripted model is busy", headers: { "retry-after": "1" } },
  ],
  "http-500": () => [{ do: "status", status: 500, message: "the scripted model is broken" }],
  /** Two words, then the connection is gone. */
  "drops-midway": () => [{ do: "text", text: "Half an" }, { do: "pause", ms: 50 }, { do: "drop" }],
  /** Bytes that are no event stream. */
  garbage: () => [{ do: "garbage", text: "data: {not json\n\n" }, { do: "drop" }],
} as const satisfies Record<string, Script>;

export type ModelScriptName = keyof typeof MODEL_SCRIPTS;

export const MODEL_SCRIPT_NAMES = Object.keys(MODEL_SCRIPTS) as ModelScriptName[];

/** Whether a scripted model of that name exists. */
export const isModelScript = (name: string): name is ModelScriptName => Object.hasOwn(MODEL_SCRIPTS, name);
