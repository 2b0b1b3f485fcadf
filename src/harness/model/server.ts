import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import {
  isModelScript,
  MODEL_SCRIPTS,
  type ModelAction,
  type ModelRequest,
  SCRIPTED_USAGE,
} from "./scripts.ts";

/** A running scripted model. */
export interface ModelStub {
  /** Base URL for `models.providers.<id>.baseUrl`. */
  readonly baseUrl: string;
  /** Requests answered so far. */
  readonly requests: () => number;
  readonly close: () => Promise<void>;
}

/** A request body larger than this is refused: no scenario sends one, so it is a target gone wrong. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content
    .map((part: unknown) =>
      typeof part === "object" && part !== null && "text" in part && typeof part.text === "string"
        ? part.text
        : "",
    )
    .join("");
}

async function readRequest(incoming: IncomingMessage): Promise<ModelRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new Error("request body too large");
    chunks.push(chunk);
  }
  const body = JSON.parse(Buffer.concat(chunks).toString("utf8")) as {
    model?: unknown;
    stream?: unknown;
    messages?: { role?: unknown; content?: unknown }[];
  };
  return {
    model: textOf(body.model),
    stream: body.stream === true,
    messages: (body.messages ?? []).map((message) => ({
      role: textOf(message.role),
      text: textOf(message.content),
    })),
  };
}

const envelope = (request: ModelRequest, extra: object): object => ({
  id: "chatcmpl-scripted",
  created: 1_700_000_000,
  model: request.model,
  ...extra,
});

function chunk(request: ModelRequest, delta: object, finish: string | null): string {
  const choices = [{ index: 0, delta, finish_reason: finish }];
  return `data: ${JSON.stringify(envelope(request, { object: "chat.completion.chunk", choices }))}\n\n`;
}

function refuse(response: ServerResponse, action: Extract<ModelAction, { do: "status" }>): void {
  response.writeHead(action.status, { "content-type": "application/json", ...action.headers });
  response.end(JSON.stringify({ error: { message: action.message, type: "scripted_error" } }));
}

async function stream(
  request: ModelRequest,
  actions: readonly ModelAction[],
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  for (const action of actions) {
    if (response.destroyed) return;
    if (action.do === "status") return refuse(response, action);
    if (!response.headersSent && action.do !== "pause")
      response.writeHead(200, { "content-type": "text/event-stream" });
    switch (action.do) {
      case "pause":
        await sleep(action.ms, undefined, { signal: gone.signal }).catch(() => undefined);
        break;
      case "text":
        response.write(chunk(request, { role: "assistant", content: action.text }, null));
        break;
      case "tool-call":
        response.write(
          chunk(
            request,
            {
              role: "assistant",
              tool_calls: [
                {
                  index: 0,
                  id: action.id,
                  type: "function",
                  function: { name: action.name, arguments: action.arguments },
                },
              ],
            },
            null,
          ),
        );
        break;
      case "finish":
        response.write(chunk(request, {}, action.reason));
        break;
      case "garbage":
        response.write(action.text);
        break;
      case "drop":
        response.destroy();
        return;
      default:
        action satisfies never;
    }
  }
  response.write(
    `data: ${JSON.stringify(envelope(request, { object: "chat.completion.chunk", choices: [], usage: SCRIPTED_USAGE }))}\n\n`,
  );
  response.end("data: [DONE]\n\n");
}

function answerWhole(request: ModelRequest, actions: readonly ModelAction[], response: ServerResponse): void {
  const status = actions.find((action) => action.do === "status");
  if (status !== undefined) return refuse(response, status);
  const content = actions.map((action) => (action.do === "text" ? action.text : "")).join("");
  const calls = actions.flatMap((action) =>
    action.do === "tool-call"
      ? [{ id: action.id, type: "function", function: { name: action.name, arguments: action.arguments } }]
      : [],
  );
  const message = { role: "assistant", content, ...(calls.length > 0 ? { tool_calls: calls } : {}) };
  const finish = calls.length > 0 ? "tool_calls" : "stop";
  response.writeHead(200, { "content-type": "application/json" });
  response.end(
    JSON.stringify(
      envelope(request, {
        object: "chat.completion",
        choices: [{ index: 0, message, finish_reason: finish }],
        usage: SCRIPTED_USAGE,
      }),
    ),
  );
}

/**
 * Starts a scripted model on loopback: an OpenAI-compatible `POST /v1/chat/completions`, streaming or not, whose answer
 * depends on the model's id (a name in MODEL_SCRIPTS) and the request alone. Gateways are pointed at it through their
 * configuration, so that agent runs are deterministic.
 */
export async function startModelStub(port = 0): Promise<ModelStub> {
  let served = 0;
  const server = createServer((incoming, response) => {
    response.on("error", () => undefined);
    void (async () => {
      const request = await readRequest(incoming);
      served += 1;
      if (!isModelScript(request.model)) {
        refuse(response, { do: "status", status: 404, message: `no script for model ${request.model}` });
        return;
      }
      const actions = MODEL_SCRIPTS[request.model](request);
      if (request.stream) await stream(request, actions, response);
      else answerWhole(request, actions, response);
    })().catch((error: unknown) => {
      if (!response.headersSent) refuse(response, { do: "status", status: 400, message: String(error) });
      else response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${address.port}/v1`,
    requests: () => served,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
