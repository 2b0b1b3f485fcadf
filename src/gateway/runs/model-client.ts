import type {
  ChatCompletionChunk,
  ChatCompletionMessageParam,
  ChatCompletionTool,
} from "openai/resources/chat/completions";
import type { ModelConnection, Prices } from "./connection.ts";
import { detachedFetch } from "./detached-fetch.ts";
import { AnswerBuilder } from "./answer-builder.ts";
import { type AssistantMessage, NO_USAGE, type StopReason, type Usage } from "./messages.ts";

/** What a model is asked. */
export interface ModelRequest {
  readonly messages: ChatCompletionMessageParam[];
  readonly tools: ChatCompletionTool[];
  /** Nothing when the model does not think, or shall not. */
  readonly reasoningEffort: "minimal" | "low" | "medium" | "high" | undefined;
}

/** How patient a client is. */
export interface ModelPatience {
  /** Requests after the first, when the service says 408, 409, 429 or 5xx, or cannot be reached. */
  readonly retries: number;
  /** Milliseconds from a request to the beginning of its answer. */
  readonly answerTimeoutMs: number;
  /** Milliseconds between two pieces of an answer. */
  readonly pieceTimeoutMs: number;
  /** Most of an answer that is kept, in UTF-16 units of text and arguments. */
  readonly maxAnswerUnits: number;
}

export const DEFAULT_PATIENCE: ModelPatience = {
  retries: 2,
  answerTimeoutMs: 600_000,
  pieceTimeoutMs: 300_000,
  maxAnswerUnits: 4_000_000,
};

/** Tells what an answer says so far: the text of the block that is growing, and the text of all blocks. */
export type OnText = (text: string) => void;

/** Asks a model. Never throws: what goes wrong is in the answer's `stopReason` and `errorMessage`. */
export interface ModelClient {
  answer(
    connection: ModelConnection,
    request: ModelRequest,
    signal: AbortSignal,
    onText: OnText,
  ): Promise<AssistantMessage>;
}

function usageOf(raw: NonNullable<ChatCompletionChunk["usage"]>, prices: Prices): Usage {
  const cacheRead = raw.prompt_tokens_details?.cached_tokens ?? 0;
  const input = (raw.prompt_tokens || 0) - cacheRead;
  const output = (raw.completion_tokens || 0) + (raw.completion_tokens_details?.reasoning_tokens ?? 0);
  // In this order of operations the sums have the same floating noise as upstream's.
  const cost = {
    input: (prices.input / 1_000_000) * input,
    output: (prices.output / 1_000_000) * output,
    cacheRead: (prices.cacheRead / 1_000_000) * cacheRead,
    cacheWrite: 0,
  };
  const total = cost.input + cost.output + cost.cacheRead + cost.cacheWrite;
  const totalTokens = input + output + cacheRead;
  return { input, output, cacheRead, cacheWrite: 0, totalTokens, cost: { ...cost, total } };
}

function stopReasonOf(reason: string): StopReason {
  switch (reason) {
    case "length":
      return "length";
    case "tool_calls":
    case "function_call":
      return "toolUse";
    case "content_filter":
      return "error";
    default:
      return "stop";
  }
}

/** What one answer listens to, and whether it took too long. */
interface Watch {
  readonly signal: AbortSignal;
  readonly isLate: () => boolean;
  readonly again: () => void;
  readonly end: () => void;
}

/**
 * Aborts with a run, and when nobody said `again` for so long. Joined by hand: a signal of `AbortSignal.any` that somebody
 * listens to lives as long as the process.
 */
function createWatch(run: AbortSignal, afterMs: number): Watch {
  const controller = new AbortController();
  let late = false;
  const fire = (): void => {
    late = !controller.signal.aborted;
    controller.abort(new Error("Request timed out."));
  };
  const follow = (): void => controller.abort(run.reason);
  if (run.aborted) follow();
  else run.addEventListener("abort", follow, { once: true });
  let timer = setTimeout(fire, afterMs);
  return {
    signal: controller.signal,
    isLate: () => late,
    again: () => {
      clearTimeout(timer);
      timer = setTimeout(fire, afterMs);
    },
    end: () => {
      clearTimeout(timer);
      run.removeEventListener("abort", follow);
    },
  };
}

function requestBody(connection: ModelConnection, request: ModelRequest) {
  const { tools, messages, reasoningEffort } = request;
  const usesMaxTokens = connection.provider === "mistral";
  return {
    model: connection.model,
    messages,
    stream: true as const,
    stream_options: { include_usage: true },
    store: false,
    ...(usesMaxTokens
      ? { max_tokens: connection.maxTokens }
      : { max_completion_tokens: connection.maxTokens }),
    ...(tools.length > 0 ? { tools } : {}),
    ...(reasoningEffort === undefined ? {} : { reasoning_effort: reasoningEffort }),
  };
}

function errorText(error: unknown): string {
  return error instanceof Error ? error.message : JSON.stringify(error);
}

/** A client of OpenAI-compatible endpoints. Retries with back-off, or as long as `retry-after` says. */
export function createModelClient(
  now: () => number,
  patience: ModelPatience = DEFAULT_PATIENCE,
): ModelClient {
  return {
    async answer(connection, request, signal, onText) {
      const { api, provider, model } = connection;
      const timestamp = now();
      const builder = new AnswerBuilder(patience.maxAnswerUnits);
      const watch = createWatch(signal, patience.pieceTimeoutMs);
      let usage = NO_USAGE;
      let stopReason: StopReason = "stop";
      let failure: string | undefined;
      try {
        // Loaded with the first run: a gateway starts sooner and smaller without it.
        const { default: OpenAI } = await import("openai");
        const client = new OpenAI({
          apiKey: connection.apiKey,
          baseURL: connection.baseUrl,
          defaultHeaders: connection.headers,
          maxRetries: patience.retries,
          timeout: patience.answerTimeoutMs,
          fetch: detachedFetch,
          // It would print what the provider says, which may be what the user said.
          logLevel: "off",
        });
        const stream = await client.chat.completions.create(requestBody(connection, request), {
          signal: watch.signal,
        });
        for await (const chunk of stream) {
          watch.again();
          if (chunk.usage) usage = usageOf(chunk.usage, connection.prices);
          const choice = chunk.choices?.[0];
          if (choice === undefined) continue;
          if (choice.finish_reason) stopReason = stopReasonOf(choice.finish_reason);
          if (choice.delta && builder.add(choice.delta)) onText(builder.text());
        }
        if (signal.aborted) failure = "Request was aborted";
        else if (watch.isLate()) failure = "Request timed out.";
        else if (stopReason === "error") failure = "An unknown error occurred";
      } catch (error) {
        failure = watch.isLate() && !signal.aborted ? "Request timed out." : errorText(error);
      } finally {
        watch.end();
      }
      const base = { role: "assistant", content: builder.blocks(), api, provider, model, usage } as const;
      if (failure === undefined) return { ...base, stopReason, timestamp };
      stopReason = signal.aborted ? "aborted" : "error";
      return { ...base, stopReason, timestamp, errorMessage: failure };
    },
  };
}
