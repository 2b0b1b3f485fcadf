import { http, HttpResponse } from "msw";
import { setupServer } from "msw/node";

/** Where the model of these tests is served, as far as the gateway knows. */
export const PROVIDER_URL = "http://model.test/v1";

/** A configuration whose only model is served there. */
export const PROVIDER_CONFIG = {
  models: {
    providers: {
      stub: {
        baseUrl: PROVIDER_URL,
        apiKey: "sk-test",
        api: "openai-completions",
        models: [
          {
            id: "m1",
            name: "M1",
            reasoning: false,
            input: ["text"],
            cost: { input: 1, output: 2, cacheRead: 0.1, cacheWrite: 0.5 },
            contextWindow: 128_000,
            maxTokens: 4096,
          },
        ],
      },
    },
  },
  agents: { defaults: { model: { primary: "stub/m1" }, userTimezone: "UTC" } },
} as const;

/** What the provider was asked, as far as tests look at it. */
export interface ModelAsked {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: unknown }[];
  readonly tools?: readonly unknown[];
}

export type Piece = string | { readonly delta?: object; readonly finish?: string; readonly usage?: object };

const frame = (piece: object): string => `data: ${JSON.stringify(piece)}\n\n`;

function render(piece: Piece): string {
  const value = typeof piece === "string" ? { delta: { content: piece } } : piece;
  if (value.usage !== undefined) return frame({ choices: [], usage: value.usage });
  return frame({ choices: [{ index: 0, delta: value.delta ?? {}, finish_reason: value.finish ?? null }] });
}

export const USAGE = {
  prompt_tokens: 100,
  completion_tokens: 10,
  total_tokens: 110,
  prompt_tokens_details: { cached_tokens: 20 },
};

/** An answer in pieces, with its end. */
export const spoken = (...texts: readonly string[]): Piece[] => [
  ...texts,
  { finish: "stop" },
  { usage: USAGE },
];

const EVENT_STREAM = { headers: { "content-type": "text/event-stream" } };

/** A streamed answer. */
export function stream(pieces: readonly Piece[]): Response {
  return new HttpResponse(`${pieces.map(render).join("")}data: [DONE]\n\n`, EVENT_STREAM);
}

/** A streamed answer that waits for each piece, and may fail. */
export function slowStream(pieces: AsyncIterable<Piece>): Response {
  const encoder = new TextEncoder();
  const iterator = pieces[Symbol.asyncIterator]();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await iterator.next();
        if (done === true) {
          controller.enqueue(encoder.encode("data: [DONE]\n\n"));
          controller.close();
        } else {
          controller.enqueue(encoder.encode(render(value)));
        }
      } catch (error) {
        controller.error(error);
      }
    },
  });
  return new HttpResponse(body, EVENT_STREAM);
}

/** An answer that speaks, then waits until it is let go. */
export function heldAnswer(...first: readonly string[]) {
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  async function* pieces(): AsyncGenerator<Piece> {
    for (const text of first) yield text;
    await gate;
    for (const piece of spoken(" done")) yield piece;
  }
  return { release, answer: () => slowStream(pieces()) };
}

/** Bytes that claim to be an event stream. */
export const rawStream = (text: string): Response => new HttpResponse(text, EVENT_STREAM);

export const refusal = (status: number, message: string, headers: Record<string, string> = {}): Response =>
  HttpResponse.json({ error: { message, type: "test" } }, { status, headers });

/**
 * A provider whose answers a test decides.
 * @param answer told what was asked and how many requests came before.
 */
export function createProvider() {
  const asked: ModelAsked[] = [];
  let answer: (asked: ModelAsked, at: number) => Response | Promise<Response> = () => stream(spoken("ok"));
  const server = setupServer(
    http.post(`${PROVIDER_URL}/chat/completions`, async ({ request }) => {
      const body = (await request.json()) as ModelAsked;
      asked.push(body);
      return await answer(body, asked.length - 1);
    }),
  );
  return {
    asked,
    /** Sets what is answered from now on. */
    answers: (next: typeof answer): void => {
      answer = next;
    },
    start: (): void =>
      server.listen({
        // The gateway under test is met over loopback; anything else would leave the machine.
        onUnhandledRequest: (request) => {
          if (new URL(request.url).hostname !== "127.0.0.1") throw new Error(`unexpected ${request.url}`);
        },
      }),
    reset: (): void => {
      asked.length = 0;
      answer = () => stream(spoken("ok"));
    },
    stop: (): void => server.close(),
  };
}
