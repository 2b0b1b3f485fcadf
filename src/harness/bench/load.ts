import type { WebSocket } from "ws";
import { createDevice } from "../../wire/index.ts";
import { endOfRun, readMessage } from "./answer.ts";
import { signIn } from "./sign-in.ts";
import { type BenchMethod, paramsMaker } from "./methods.ts";
import { quantile } from "./statistics.ts";

/** One measurement to take. */
export interface LoadRequest {
  readonly url: string;
  readonly token: string;
  /** `echo` sends a request's bytes and takes whatever comes back. */
  readonly method: BenchMethod | "echo";
  /** How many are stored at the target. */
  readonly sessions: number;
  /** Each sends its next request when the one before is answered. */
  readonly connections: number;
  readonly warmupMs: number;
  readonly durationMs: number;
  /** How long requests that are under way at the end are waited for. */
  readonly drainMs: number;
  /** A text that no other measurement of this target uses. */
  readonly run: string;
}

/** Latencies in milliseconds. */
export interface Latencies {
  readonly p50: number;
  readonly p99: number;
}

/** What one measurement gave. */
export interface LoadSample {
  readonly completed: number;
  readonly failed: number;
  /** Requests without an answer when nobody waited any longer, those of closed connections among them. */
  readonly unanswered: number;
  /** Completed requests a second, from the end of the warm-up to the last answer. */
  readonly throughput: number;
  /** Until the answer; for chat.send, until the run's final event. Absent when nothing completed. */
  readonly latencies?: Latencies;
  /** For chat.send, until the answer. */
  readonly answers?: Latencies;
  /** The first message that was no success. */
  readonly failure?: string;
}

const device = createDevice();

function latenciesOf(figures: readonly number[]): Latencies | undefined {
  if (figures.length === 0) return undefined;
  const sorted = Float64Array.from(figures).sort();
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
}

async function openSockets({ url, token, method, connections }: LoadRequest): Promise<WebSocket[]> {
  const attempts = Array.from({ length: connections }, () =>
    method === "echo" ? signIn({ url }) : signIn({ url, token, device }),
  );
  try {
    return await Promise.all(attempts);
  } catch (error) {
    // Those that were let in would weigh on whatever is measured next.
    for (const attempt of await Promise.allSettled(attempts))
      if (attempt.status === "fulfilled") attempt.value.close();
    throw error;
  }
}

/** What is counted, from the end of the warm-up on. */
class Counts {
  readonly latencies: number[] = [];
  readonly answers: number[] = [];
  failed = 0;
  unanswered = 0;
  lastAt = 0;
  failure: string | undefined;
}

/** Drives one connection until `until`; resolves when nothing of it is under way. */
function drive(
  socket: WebSocket,
  connection: number,
  request: LoadRequest,
  counts: Counts,
  times: { readonly from: number; readonly until: number },
): Promise<void> {
  const { method } = request;
  const makeParams = paramsMaker(
    method === "echo" ? "health" : method,
    request.sessions,
    request.connections,
    request.run,
  );
  return new Promise((resolve) => {
    let turn = -1;
    let id = "";
    let runId = "";
    let sentAt = 0;
    let ended = false;
    let ready = frame(0);
    function frame(next: number): string {
      return `{"type":"req","id":"${next}","method":"${method}","params":${JSON.stringify(makeParams(connection, next))}}`;
    }
    const finish = (): void => {
      ended = true;
      clearTimeout(patience);
      resolve();
    };
    const patience = setTimeout(
      () => {
        counts.unanswered += 1;
        finish();
      },
      times.until - performance.now() + request.drainMs,
    );
    const sendNext = (): void => {
      if (performance.now() >= times.until) {
        finish();
        return;
      }
      turn += 1;
      id = String(turn);
      runId = `bench-${request.run}-${connection}-${turn}`;
      sentAt = performance.now();
      socket.send(ready);
      // While the target works: the next request costs nothing when its turn comes.
      ready = frame(turn + 1);
    };
    const complete = (ok: boolean, data: Buffer): void => {
      const now = performance.now();
      if (now >= times.from) {
        if (ok) {
          counts.latencies.push(now - sentAt);
          counts.lastAt = Math.max(counts.lastAt, now);
        } else {
          counts.failed += 1;
          counts.failure ??= data.toString("utf8", 0, 400);
        }
      }
      sendNext();
    };
    socket.on("message", (data: Buffer) => {
      if (ended) return;
      if (method === "echo") {
        complete(true, data);
        return;
      }
      const reading = readMessage(data);
      if (reading.is === "answer" && reading.id === id) {
        if (method !== "chat.send" || !reading.ok) complete(reading.ok, data);
        else if (performance.now() >= times.from) counts.answers.push(performance.now() - sentAt);
      } else if (reading.is === "chat" && method === "chat.send") {
        const end = endOfRun(data, runId);
        if (end !== undefined) complete(end === "final", data);
      }
    });
    socket.on("close", (code, reason) => {
      if (ended) return;
      counts.unanswered += 1;
      counts.failure ??= `the connection was closed: ${code} ${reason.toString("utf8")}`;
      finish();
    });
    sendNext();
  });
}

/**
 * Takes one measurement: every connection sends its next request as soon as the one before is answered.
 * What is under way at the end is waited for and counted: a slow target's answers would otherwise be missing.
 * @throws Error when a connection is refused
 */
export async function takeLoad(request: LoadRequest): Promise<LoadSample> {
  const sockets = await openSockets(request);
  const counts = new Counts();
  const from = performance.now() + request.warmupMs;
  const times = { from, until: from + request.durationMs };
  try {
    await Promise.all(sockets.map((socket, connection) => drive(socket, connection, request, counts, times)));
  } finally {
    for (const socket of sockets) socket.close();
  }
  const completed = counts.latencies.length;
  const latencies = latenciesOf(counts.latencies);
  const answers = latenciesOf(counts.answers);
  return {
    completed,
    failed: counts.failed,
    unanswered: counts.unanswered,
    throughput: completed === 0 ? 0 : (completed * 1_000) / (counts.lastAt - from),
    ...(latencies === undefined ? {} : { latencies }),
    ...(answers === undefined ? {} : { answers }),
    ...(counts.failure === undefined ? {} : { failure: counts.failure }),
  };
}
