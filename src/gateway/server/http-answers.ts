import type { RequestListener, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

function answer(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  response.end(body);
}

/**
 * Answers plain HTTP requests: `/healthz` while the process lives, `/readyz` while connections are accepted, nothing
 * else. The gateway speaks WebSocket.
 */
export function createHttpAnswers(isReady: () => boolean): RequestListener {
  return (request, response) => {
    request.resume();
    if (request.method !== "GET" && request.method !== "HEAD")
      return answer(response, 405, "Method Not Allowed");
    const path = (request.url ?? "/").split("?")[0];
    if (path === "/healthz") return answer(response, 200, "ok");
    if (path === "/readyz")
      return isReady() ? answer(response, 200, "ready") : answer(response, 503, "stopping");
    return answer(response, 404, "Not Found");
  };
}

/** Refuses an upgrade before it becomes a WebSocket. @param why ASCII text of the answer. */
export function refuseUpgrade(socket: Duplex, why: string): void {
  socket.on("error", () => socket.destroy());
  const head = `HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\nretry-after: 1\r\ncontent-length: ${why.length}`;
  socket.end(`${head}\r\n\r\n${why}`, () => socket.destroy());
}
