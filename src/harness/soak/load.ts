import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { createDevice } from "../../wire/index.ts";
import type { SoakMeasures } from "./format.ts";
import { requestOf } from "./seed.ts";
import { SoakClient, type SoakPlace } from "./soak-client.ts";

/** What the load is asked for: connections that listen, connections that ask, and the end of all. */
export type LoadOrder =
  | { readonly kind: "idle"; readonly place: SoakPlace; readonly count: number }
  | {
      readonly kind: "busy";
      readonly place: SoakPlace;
      readonly count: number;
      /** Requests of one client in a second. */
      readonly rate: number;
      /** How many are seeded. */
      readonly sessions: number;
    }
  | {
      readonly kind: "end";
      /** How long requests that are under way are waited for. */
      readonly drainMs: number;
    };

/** What has come of it by the time an order is carried out. */
export interface LoadReport extends Pick<SoakMeasures, "refusals" | "lost" | "unanswered"> {
  /** Connections that this order opened. */
  readonly opened: number;
  /** Why it opened no more. */
  readonly refusal?: string;
  readonly answers: number;
  readonly events: number;
}

/** A gateway bounds how many may be in their handshake. */
const OPENING_AT_ONCE = 32;
const MOST_SORTS = 20;

interface Opened {
  readonly clients: SoakClient[];
  readonly refusal?: string;
}

/** Opens connections until one is refused. */
async function open(count: number, connect: () => Promise<SoakClient>): Promise<Opened> {
  const clients: SoakClient[] = [];
  let begun = 0;
  let refusal: string | undefined;
  const one = async (): Promise<void> => {
    while (begun < count && refusal === undefined) {
      begun += 1;
      try {
        clients.push(await connect());
      } catch (error) {
        refusal ??= error instanceof Error ? error.message : String(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(OPENING_AT_ONCE, count) }, one));
  return { clients, ...(refusal === undefined ? {} : { refusal }) };
}

/** The clients of one soak. */
export class SoakLoad {
  readonly #clients: SoakClient[] = [];
  readonly #workers: Promise<void>[] = [];
  readonly #stop = new AbortController();
  readonly #refusals = new Map<string, { method: string; count: number; text: string }>();
  #answers = 0;

  constructor() {
    // Each client listens for it while it rests.
    setMaxListeners(0, this.#stop.signal);
  }

  /** Carries out an order and says what has come of all so far. */
  async obey(order: LoadOrder): Promise<LoadReport> {
    let opened: Opened = { clients: [] };
    if (order.kind === "end") {
      this.#stop.abort();
      await Promise.race([Promise.all(this.#workers), sleep(order.drainMs, undefined, { ref: false })]);
    } else {
      // One device for all: a thousand devices would be a thousand pairings.
      const device = order.kind === "busy" ? createDevice() : undefined;
      opened = await open(order.count, () => SoakClient.connect(order.place, device));
      this.#clients.push(...opened.clients);
      if (order.kind === "busy" && opened.refusal === undefined) {
        this.#workers.push(...opened.clients.map((client, at) => this.#work(client, at, order)));
      }
    }
    const report = this.#report(opened);
    if (order.kind === "end") for (const client of this.#clients) client.end();
    return report;
  }

  #report({ clients, refusal }: Opened): LoadReport {
    const lost = this.#clients.map(({ closed }) => closed).filter((why) => why !== undefined);
    return {
      opened: clients.length,
      ...(refusal === undefined ? {} : { refusal }),
      answers: this.#answers,
      events: this.#clients.reduce((sum, { events }) => sum + events, 0),
      refusals: [...this.#refusals.values()],
      unanswered: this.#clients.reduce((sum, { waiting }) => sum + waiting, 0),
      lost: { count: lost.length, why: lost[0] ?? null },
    };
  }

  /** Asks one thing after the other, at a steady rate, until the end. */
  async #work(client: SoakClient, at: number, order: { rate: number; sessions: number }): Promise<void> {
    const pause = 1_000 / order.rate;
    const { signal } = this.#stop;
    const rest = (ms: number): Promise<unknown> => sleep(ms, undefined, { signal }).catch(() => undefined);
    // Spread over the pause, not all at once.
    await rest((at * 997) % pause);
    for (let turn = 0; !signal.aborted && client.closed === undefined; turn += 1) {
      const due = performance.now() + pause;
      const [method, params] = requestOf(at, turn, order.sessions);
      const answer = await client.request(method, params);
      if (answer === "ok") this.#answers += 1;
      else if (answer !== "closed") this.#note(method, answer.refused);
      await rest(Math.max(1, due - performance.now()));
    }
  }

  #note(method: string, text: string): void {
    const sort = `${method} ${text}`;
    const known = this.#refusals.get(sort);
    if (known !== undefined) known.count += 1;
    else if (this.#refusals.size < MOST_SORTS) this.#refusals.set(sort, { method, count: 1, text });
  }
}
