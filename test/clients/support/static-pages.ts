import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize, sep } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript",
  ".png": "image/png",
  ".svg": "image/svg+xml",
};

/** A folder of static files, served on loopback. */
export interface StaticPages {
  readonly port: number;
  readonly close: () => Promise<void>;
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

/**
 * Serves a single-page application: files as they are, `answers` as JSON by path, `index.html` for any other path.
 */
export async function servePages(
  folder: string,
  answers: Readonly<Record<string, object>>,
): Promise<StaticPages> {
  const answer = async (path: string, response: ServerResponse): Promise<void> => {
    const json = answers[path];
    if (json !== undefined) {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(json));
      return;
    }
    const wanted = normalize(join(folder, path));
    const file =
      wanted.startsWith(folder + sep) && (await isFile(wanted)) ? wanted : join(folder, "index.html");
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(response);
  };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    answer(decodeURIComponent(pathname), response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
