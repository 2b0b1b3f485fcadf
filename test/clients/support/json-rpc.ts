import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** A JSON-RPC message with everything it may hold. */
export interface RpcMessage {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: unknown;
  readonly error?: unknown;
}

/** The other end of a process that speaks JSON-RPC, one message per line. */
export interface RpcPeer {
  /** The result. Rejects with what else came instead, the end of the process included. */
  readonly request: (method: string, params: object) => Promise<unknown>;
  readonly notify: (method: string, params: object) => void;
  /** Notifications so far. */
  readonly notifications: readonly RpcMessage[];
  /** Resolves when a notification that `matches` is there. */
  readonly notified: (matches: (message: RpcMessage) => boolean) => Promise<void>;
  readonly close: () => Promise<void>;
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

export function speakJsonRpc(child: ChildProcessWithoutNullStreams): RpcPeer {
  const waiting = new Map<number, Waiting>();
  const notifications: RpcMessage[] = [];
  const watchers = new Set<() => void>();
  let requests = 0;
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));

  createInterface({ input: child.stdout }).on("line", (line) => {
    const message = JSON.parse(line) as RpcMessage;
    if (message.id === undefined) {
      notifications.push(message);
      for (const watch of watchers) watch();
      return;
    }
    const { resolve, reject } = waiting.get(message.id) ?? {};
    waiting.delete(message.id);
    if (message.error === undefined) resolve?.(message.result);
    else reject?.(new Error(JSON.stringify(message.error)));
  });
  child.once("close", (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`ended with ${code}\n${stderr}`));
    waiting.clear();
  });

  const send = (message: object): void => {
    child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  };
  return {
    notifications,
    notify: (method, params) => send({ method, params }),
    request: (method, params) => {
      requests += 1;
      const id = requests;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        send({ id, method, params });
      });
    },
    notified: (matches) =>
      new Promise((resolve) => {
        const watch = (): void => {
          if (!notifications.some(matches)) return;
          watchers.delete(watch);
          resolve();
        };
        watchers.add(watch);
        watch();
      }),
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.stdin.end();
      child.kill();
      await once(child, "close");
    },
  };
}
