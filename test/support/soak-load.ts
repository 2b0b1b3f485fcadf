/** The clients of a soak, in a process of their own, so that what they cost is not measured with the gateway. */
import { setTimeout as sleep } from "node:timers/promises";
import { createDevice } from "./gateway-client.ts";
import { SoakClient } from "./soak-client.ts";

/** What the parent asks for. */
export type LoadOrder =
  | { readonly kind: "idle"; readonly url: string; readonly token: string; readonly count: number }
  | {
      readonly kind: "busy";
      readonly url: string;
      readonly token: string;
      readonly count: number;
      /** Requests of one client in a second. */
      readonly rate: number;
      /** Sessions `agent:main:soak-0` and on are there. */
      readonly sessions: number;
    }
  | { readonly kind: "end" };

/** What the parent is told: an order is carried out. */
export interface LoadReport {
  readonly kind: LoadOrder["kind"];
  readonly answers: number;
  readonly refusals: readonly string[];
  /** Connections that are gone though nobody ended them. */
  readonly lost: number;
  readonly events: number;
}

const idle: SoakClient[] = [];
const busy: SoakClient[] = [];
const refusals: string[] = [];
const state = { answers: 0, stopping: false };

/** Opens connections a few at a time: a gateway bounds how many may be in their handshake. */
async function open(count: number, connect: () => Promise<SoakClient>, into: SoakClient[]): Promise<void> {
  const one = async (): Promise<void> => {
    while (into.length < count) into.push(await connect());
  };
  await Promise.all(Array.from({ length: Math.min(32, count) }, one));
}

const MIX: readonly ((key: string, n: number) => readonly [method: string, params: unknown])[] = [
  () => ["health", {}],
  () => ["sessions.list", { limit: 50 }],
  (key, n) => ["sessions.patch", { key, responseUsage: n % 2 === 0 ? "tokens" : "off" }],
  (key) => ["sessions.resolve", { key }],
  (key) => ["chat.history", { sessionKey: key, limit: 50 }],
];

/** Asks one thing after the other, at a steady rate, until the end. */
async function work(client: SoakClient, at: number, rate: number, sessions: number): Promise<void> {
  await sleep((at * 997) % (1_000 / rate));
  for (let n = at; !state.stopping && !client.isClosed; n += 1) {
    const due = performance.now() + 1_000 / rate;
    const make = MIX[n % MIX.length];
    const [method, params] = make?.(`agent:main:soak-${(at * 7 + n) % sessions}`, n) ?? ["health", {}];
    try {
      await client.request(method, params);
      state.answers += 1;
    } catch (error) {
      if (!state.stopping && refusals.length < 20) refusals.push(`${method}: ${String(error)}`);
    }
    await sleep(Math.max(1, due - performance.now()));
  }
}

async function obey(order: LoadOrder): Promise<void> {
  if (order.kind === "idle") {
    const { url, token, count } = order;
    await open(count, () => SoakClient.connect(url, token), idle);
  } else if (order.kind === "busy") {
    const { url, token, count, rate, sessions } = order;
    const device = createDevice();
    await open(count, () => SoakClient.connect(url, token, device), busy);
    for (const [at, client] of busy.entries()) void work(client, at, rate, sessions);
  } else {
    state.stopping = true;
  }
  const all = [...idle, ...busy];
  const lost = all.filter(({ isClosed }) => isClosed).length;
  const events = all.reduce((sum, client) => sum + client.events, 0);
  const report: LoadReport = { kind: order.kind, answers: state.answers, refusals, lost, events };
  process.send?.(report);
  if (order.kind !== "end") return;
  for (const client of all) client.end();
  process.disconnect();
}

process.on("message", (order: LoadOrder) => {
  obey(order).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  });
});
