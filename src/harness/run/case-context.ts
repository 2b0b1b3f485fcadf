import { setTimeout as sleep } from "node:timers/promises";
import { createDevice, openConnection, OpenError, membersOf } from "../../wire/index.ts";
import type { DeviceIdentity, OpenOptions, WireMessage } from "../../wire/index.ts";
import { createGuard, type SharedUse } from "../staging/index.ts";
import type { ScenarioFile } from "../scenario/index.ts";
import { createResolver } from "../scenario/resolver.ts";
import { ABSENT, render } from "../scenario/template.ts";
import type { Resolve } from "../scenario/template.ts";
import type { RunningTarget } from "../target/types.ts";
import type { ContractBreach } from "./capture.ts";
import { checkReceived, type Breach } from "./contract-check.ts";
import { captured } from "./cut-long.ts";
import { ANSWER_MS, FOLLOW_UP_MS, type ExpectedStep } from "./expectation.ts";
import type { KnownValues } from "./known-values.ts";
import type { Link, Refusal } from "./link.ts";
import { RequestLedger } from "./request-ledger.ts";
import { CaseStop, type CaseTampering } from "./types.ts";

/** Milliseconds between a socket's end and the news that the process behind it is gone. */
const DEATH_NEWS_MS = 300;

/** Most breaches that are kept of one step: a target that floods its client shall not fill our memory. */
const MOST_BREACHES = 1_000;

/** What a run of a case chose before the target was there. */
export interface RunSeed {
  readonly run: string;
  /** The target's clock at the beginning, epoch ms: what `{{now}}` means during the whole case. */
  readonly now: number;
  readonly devices: Map<string, DeviceIdentity>;
  readonly known: KnownValues;
}

/** The device of that name; when it is new, the one that is known or a fresh one. */
export function deviceOf(seed: RunSeed, name: string, known?: DeviceIdentity): DeviceIdentity {
  const there = seed.devices.get(name);
  if (there !== undefined) return there;
  const device = known ?? createDevice();
  seed.devices.set(name, device);
  seed.known.add(`device:${name}.id`, device.id);
  seed.known.add(`device:${name}.publicKey`, device.publicKey);
  return device;
}

/** Everything the steps of one run of one case share. */
export class CaseContext {
  readonly target: RunningTarget;
  readonly scenario: ScenarioFile;
  readonly timeoutMs: number;
  readonly seed: RunSeed;
  readonly links = new Map<string, Link>();
  readonly deviceTokens = new Map<string, string>();
  readonly breaches: ContractBreach[] = [];
  /** Session keys of the run's own that steps used. */
  readonly keys = new Set<string>();
  /** Index of the step that is running. */
  step = 0;
  /** What the oracle did in the step that is running, where that is known. */
  expected: ExpectedStep | undefined;
  /** Something came that the oracle does not say, or did not come: what would follow from it may never come. */
  settled = false;
  /** A step stopped the process. */
  stopped = false;
  readonly #bound = new Map<string, unknown>();
  readonly #resolve: Resolve;
  /** Fires when the run ends: nothing goes on waiting then. */
  readonly signal: AbortSignal | undefined;
  readonly #tampering: CaseTampering | undefined;
  readonly #pace: (() => Promise<void>) | undefined;
  readonly #guard: OpenOptions["beforeSend"];
  #frames = 0;
  /** Breaches of each step, those that were not kept included. */
  readonly #counts = new Map<number, number>();

  /** @param values what `{{case.NAME}}` stands for where the steps don't say it: in the scenario's own `connect` */
  constructor(
    target: RunningTarget,
    scenario: ScenarioFile,
    seed: RunSeed,
    timeoutMs: number,
    values: Readonly<Record<string, unknown>>,
    more: {
      readonly tampering?: CaseTampering | undefined;
      readonly signal?: AbortSignal | undefined;
      readonly shared?: SharedUse | undefined;
    } = {},
  ) {
    this.target = target;
    this.scenario = scenario;
    this.seed = seed;
    this.timeoutMs = timeoutMs;
    const { shared, signal } = more;
    this.signal = signal;
    this.#tampering = more.tampering;
    if (shared !== undefined) {
      const devices = new Set(target.device === undefined ? [] : [target.device.id]);
      this.#guard = createGuard(shared, { id: seed.run, devices }, signal);
      this.#pace = () => shared.pace.turn(signal);
    }
    this.#resolve = createResolver({
      run: seed.run,
      now: seed.now,
      let: scenario.let ?? {},
      case: values,
      place: {
        token: target.token,
        port: target.port,
        ...(target.stateDir === undefined ? {} : { state: target.stateDir }),
      },
      bound: this.#bound,
      deviceId: (name) => deviceOf(seed, name).id,
      // A target that gave none shall differ where it did so; the case goes on with a value that no target knows.
      deviceToken: (name) => this.deviceTokens.get(name) ?? `no-device-token-of-${name}`,
      nonce: (name) => this.links.get(name)?.nonce ?? `no-challenge-on-${name}`,
      onTime: (name, value) => seed.known.add(name, value),
      onKey: (key) => this.keys.add(key),
    });
  }

  /** The target's clock now, epoch ms. */
  clock(): number {
    return Date.now() + this.target.clockOffsetMs;
  }

  /**
   * How long to wait for something to arrive, in a case that may be settled.
   * @param wanted milliseconds that the step, or the run, allows.
   * @param what `answer` to a request just sent, or a `follow-up`: a further frame, an event, a close.
   * @returns milliseconds, and the same as `cutTo` when they are fewer than wanted.
   */
  patience(wanted: number, what: "answer" | "follow-up"): { readonly ms: number; readonly cutTo?: number } {
    const bound = what === "answer" ? ANSWER_MS : FOLLOW_UP_MS;
    return this.settled && bound < wanted ? { ms: bound, cutTo: bound } : { ms: wanted };
  }

  get resolve(): Resolve {
    return this.#resolve;
  }

  /** Fills in templates; an absent whole becomes `undefined`. */
  render(value: unknown): unknown {
    const rendered = render(value, this.#resolve);
    return rendered === ABSENT ? undefined : rendered;
  }

  /** Fills in templates where the wire wants text. */
  renderText(value: string): string {
    const rendered = this.render(value);
    return typeof rendered === "string" ? rendered : (JSON.stringify(rendered) ?? "");
  }

  /** A frame id that no other request of this run has. */
  nextId(): string {
    this.#frames += 1;
    return `${this.seed.run}-${this.#frames}`;
  }

  /** Binds a value that a step received; one that is missing is a breach, and gets a value no target knows. */
  bind(name: string, found: { readonly value: unknown } | undefined, as: string, pointer: string): void {
    if (found === undefined) {
      this.#breach(as, { pointer, message: `nothing to bind as ${name}` }, null);
      this.#bound.set(name, `unbound-${name}`);
      return;
    }
    this.#bound.set(name, found.value);
    if (typeof found.value === "string" || typeof found.value === "number") {
      this.seed.known.add(`bind.${name}`, found.value);
    }
  }

  #breach(as: string, { pointer, message }: Breach, frame: unknown): void {
    const count = (this.#counts.get(this.step) ?? 0) + 1;
    this.#counts.set(this.step, count);
    if (count <= MOST_BREACHES) this.breaches.push({ step: this.step, as, pointer, message, frame });
  }

  #watch(link: { name: string; ledger: RequestLedger; ready: boolean }, message: WireMessage): void {
    const found = checkReceived(message, link.ledger);
    if (found.length > 0) {
      const frame = captured(message);
      for (const breach of found) this.#breach(link.name, breach, frame);
    }
    const frame = membersOf(message);
    const payload = frame?.["payload"];
    if (frame?.["type"] !== "res" || frame["ok"] !== true || typeof payload !== "object" || payload === null)
      return;
    if ((payload as Record<string, unknown>)["type"] === "hello-ok") link.ready = true;
  }

  /**
   * Opens a socket under a name; one that had it is closed first.
   * @returns the link, or what the server did instead.
   * @throws CaseStop when the target is dead or out of reach.
   */
  async open(name: string, options: Pick<OpenOptions, "headers" | "path">): Promise<Link | Refusal> {
    const before = this.links.get(name);
    if (before !== undefined) {
      await before.connection.close();
      this.#noteLost(before);
    }
    const state = {
      name,
      ledger: new RequestLedger(),
      greeted: false,
      introduced: false,
      ready: false,
      orphaned: false,
    };
    const where = { url: this.target.url, timeoutMs: this.timeoutMs, beforeSend: this.#guard };
    await this.#pace?.();
    try {
      const connection = await openConnection({
        ...where,
        ...options,
        tampering: this.#tampering?.connection(name),
        onMessage: (message) => {
          this.#tampering?.onMessage?.(name, message);
          this.#watch(state, message);
        },
      });
      // The same object: the first message may have come before the socket counted as open.
      const link = Object.assign(state, { connection });
      this.links.set(name, link);
      return link;
    } catch (error) {
      if (!(error instanceof OpenError)) throw error;
      return this.#explainRefusal(error, options);
    }
  }

  async #explainRefusal(error: OpenError, options: Pick<OpenOptions, "headers" | "path">): Promise<Refusal> {
    const close = { code: 1006, reason: "" };
    if (error.status !== undefined) return { received: [{ "http-status": error.status }], close };
    if (this.stopped) return { received: [], close };
    await this.stopIfDead(true);
    // A server may dislike the headers or the path alone; then it is not out of reach.
    if (options.headers !== undefined || options.path !== undefined) {
      const plain = await openConnection({ url: this.target.url, timeoutMs: this.timeoutMs }).catch(
        () => undefined,
      );
      if (plain !== undefined) {
        await plain.close();
        return { received: [], close };
      }
    }
    throw new CaseStop({ kind: "unreachable", reason: error.message });
  }

  /**
   * Looks whether the process ended without being asked.
   * @param suspicious a socket just broke: give the news a moment to arrive.
   * @throws CaseStop when it did.
   */
  async stopIfDead(suspicious: boolean): Promise<void> {
    if (this.stopped) return;
    if (suspicious && this.target.exited() === undefined) await sleep(DEATH_NEWS_MS);
    const exit = this.target.exited();
    if (exit === undefined) return;
    const how = exit.signal === null ? `exit code ${exit.code ?? "unknown"}` : `signal ${exit.signal}`;
    throw new CaseStop({
      kind: "target-died",
      reason: `the target ended by itself (${how}) during step ${this.step}`,
      log: this.target.logTail(),
    });
  }

  /** Notes what a connection said beyond what can be kept: nobody can tell what was in it. */
  #noteLost({ name, connection }: Link): void {
    const { dropped } = connection;
    if (dropped === 0) return;
    const message = `more came than anybody waits for: ${dropped} messages were thrown away unread`;
    this.#breach(name, { pointer: "", message }, null);
  }

  /**
   * Closes every connection; the server has seen the end of each when this resolves, and all it had sent by then was
   * checked against the contract.
   */
  async closeAll(): Promise<void> {
    await Promise.all([...this.links.values()].map((link) => link.connection.close()));
  }

  /** The same at the end of the steps, with a look at what was lost. */
  async conclude(): Promise<void> {
    await this.closeAll();
    for (const link of this.links.values()) this.#noteLost(link);
  }
}
