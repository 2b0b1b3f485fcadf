import type { IncomingMessage, OutgoingHttpHeaders, RequestListener, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { AuthFailure } from "./shared-secret.ts";

/** What plain HTTP is answered from. */
export interface HttpSources {
  readonly isReady: () => boolean;
  /** @returns why the caller may not see metrics, or nothing. */
  readonly refuseScrape: (request: IncomingMessage) => AuthFailure | undefined;
  readonly expose: () => Promise<{ readonly contentType: string; readonly text: string }>;
}

function answer(
  response: ServerResponse,
  status: number,
  body: string,
  more: OutgoingHttpHeaders = {},
): void {
  response.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...more,
  });
  response.end(body);
}

async function answerScrape(
  request: IncomingMessage,
  response: ServerResponse,
  sources: HttpSources,
): Promise<void> {
  const refusal = sources.refuseScrape(request);
  if (refusal === "rate_limited")
    return answer(response, 429, "Too many failed attempts", { "retry-after": "60" });
  if (refusal !== undefined)
    return answer(response, 401, "Unauthorized: give the gateway's token or password as bearer", {
      "www-authenticate": 'Bearer realm="lockstep gateway"',
    });
  const { contentType, text } = await sources.expose();
  answer(response, 200, text, { "content-type": contentType });
}

/**
 * Answers plain HTTP requests: `/healthz` while the process lives, `/readyz` while connections are accepted, `/metrics`
 * to whoever has the gateway's secret, nothing else. The gateway speaks WebSocket.
 */
export function createHttpAnswers(sources: HttpSources): RequestListener {
  return (request, response) => {
    request.resume();
    if (request.method !== "GET" && request.method !== "HEAD")
      return answer(response, 405, "Method Not Allowed");
    const path = (request.url ?? "/").split("?")[0];
    if (path === "/healthz") return answer(response, 200, "ok");
    if (path === "/readyz")
      return sources.isReady() ? answer(response, 200, "ready") : answer(response, 503, "stopping");
    if (path !== "/metrics") return answer(response, 404, "Not Found");
    answerScrape(request, response, sources).catch(() => {
      if (!response.headersSent) answer(response, 500, "metrics cannot be made");
    });
  };
}

/** Refuses an upgrade before it becomes a WebSocket. @param why ASCII text of the answer. */
export function refuseUpgrade(socket: Duplex, why: string): void {
  socket.on("error", () => socket.destroy());
  const head = `HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\nretry-after: 1\r\ncontent-length: ${why.length}`;
  socket.end(`${head}\r\n\r\n${why}`, () => socket.destroy());
}
