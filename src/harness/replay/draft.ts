import { stringify } from "yaml";
import { isJsonObject, pointerTo, scalarsOf, type JsonObject } from "../learn/json-tree.ts";
import { isPlaceholder, type TapCapture } from "../tap/index.ts";
import { timelineOf, type Exchange, type Moment } from "./timeline.ts";
import { holdsVolatile, mapScalars } from "./volatile-text.ts";

export interface DraftOptions {
  /** `area/behaviour`. */
  readonly id: string;
  /** Only what this connection asked. */
  readonly connection?: number | undefined;
}

/** Begins what a person still has to say. */
export const TODO = "TODO";

/** Members that hold the key of a session. */
const KEY_MEMBERS = new Set(["key", "sessionKey", "keys", "spawnedBy"]);
/** Keys that mean one session on every gateway: another key would be another question. */
const SPECIAL_KEYS = /^(?:main|global|unknown|agent:[^:]+:main)$/i;
/** Fewest characters of a text that is looked for in earlier answers: shorter ones are there by chance. */
const SHORTEST_ID = 8;

/** Braces would read as templates. */
const isTemplateLike = (text: string): boolean => text.includes("{{");

class Drafter {
  readonly #keys = new Map<string, string>();
  readonly #ids = new Map<string, string>();
  /** Captured text -> the step that received it first, and where. */
  readonly #received = new Map<string, { readonly step: JsonObject; readonly pointer: string }>();
  readonly #bound = new Map<string, string>();

  key(text: string): string {
    if (SPECIAL_KEYS.test(text) || text.trim() === "") return text;
    let name = this.#keys.get(text);
    if (name === undefined) {
      const index = this.#keys.size;
      name = index < 26 ? String.fromCodePoint(97 + index) : `s${index}`;
      this.#keys.set(text, name);
    }
    return `{{key:${name}}}`;
  }

  /** Takes in which members of params hold keys, before any text is looked through for them. */
  gatherKeys(value: unknown, isKey = false): void {
    if (typeof value === "string" && isKey) this.key(value);
    else if (Array.isArray(value)) for (const item of value) this.gatherKeys(item, isKey);
    else if (isJsonObject(value)) {
      for (const [name, member] of Object.entries(value)) this.gatherKeys(member, KEY_MEMBERS.has(name));
    }
  }

  text(text: string): string {
    if (isTemplateLike(text)) return text.replaceAll("{{", "{ {");
    if (this.#keys.has(text)) return this.key(text);
    const from = this.#received.get(text);
    if (from !== undefined) return this.#bind(text, from);
    if (!holdsVolatile(text) || isPlaceholder(text)) return text;
    // The client made it up: another run makes up another one.
    let name = this.#ids.get(text);
    if (name === undefined) {
      name = `{{run}}-${this.#ids.size + 1}`;
      this.#ids.set(text, name);
    }
    return name;
  }

  #bind(text: string, { step, pointer }: { readonly step: JsonObject; readonly pointer: string }): string {
    let name = this.#bound.get(text);
    if (name === undefined) {
      const member = pointer.split("/").at(-1) ?? "";
      const word = member.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      const plain = /^[a-z][a-z0-9-]*$/.test(word) ? word : "value";
      const taken = new Set(this.#bound.values());
      name = plain;
      for (let number = 2; taken.has(name); number += 1) name = `${plain}-${number}`;
      this.#bound.set(text, name);
      const bind = (step["bind"] ?? {}) as Record<string, string>;
      bind[name] = pointer;
      Object.assign(step, { bind });
    }
    return `{{bind.${name}}}`;
  }

  /** Notes what an answer brought that a later request may hand back. */
  note(step: JsonObject, frame: unknown): void {
    for (const { pointer, value } of scalarsOf(frame)) {
      if (typeof value !== "string" || value.length < SHORTEST_ID || isPlaceholder(value)) continue;
      if (holdsVolatile(value) && !this.#received.has(value) && !this.#ids.has(value)) {
        this.#received.set(value, { step, pointer });
      }
    }
  }

  params(params: unknown): unknown {
    return mapScalars(params, (text) => this.text(text));
  }
}

function connectStep({ frame }: Exchange, as: string, drafter: Drafter): JsonObject {
  const params = isJsonObject(frame["params"]) ? frame["params"] : {};
  const { client, role, scopes, device } = params;
  return {
    connect: {
      as,
      ...(typeof role === "string" && role !== "operator" ? { role } : {}),
      ...(Array.isArray(scopes) ? { scopes } : {}),
      ...(device === undefined ? { device: "none" } : {}),
      ...(isJsonObject(client) ? { params: { client: drafter.params(client) } } : {}),
    },
  };
}

function stepsOf(moments: readonly Moment[], drafter: Drafter): JsonObject[] {
  const steps: JsonObject[] = [];
  const made = new Map<Exchange, JsonObject>();
  const first = moments.find((moment) => moment.is === "request");
  const main = first?.is === "request" ? first.exchange.connection : 0;
  const connected = new Set<number>([main]);
  const on = (connection: number) => (connection === main ? {} : { as: `c${connection}` });
  for (const moment of moments) {
    if (moment.is === "request") {
      const { exchange } = moment;
      const { connection, method, frame } = exchange;
      if (method === "connect") {
        // `main` connects by itself; a second connect on a connection is a scenario of its own.
        if (connected.has(connection)) continue;
        connected.add(connection);
        steps.push(connectStep(exchange, `c${connection}`, drafter));
        continue;
      }
      if (!connected.has(connection)) continue;
      const params = frame["params"];
      const step: JsonObject = {
        call: method,
        ...(params === undefined ? {} : { params: drafter.params(params) }),
        ...on(connection),
      };
      made.set(exchange, step);
      steps.push(step);
    } else if (moment.is === "answer") {
      const step = made.get(moment.exchange);
      if (step !== undefined && moment.nth === 0) drafter.note(step, moment.exchange.answers[0]);
    } else if (moment.is === "event" && connected.has(moment.connection)) {
      const payload = isJsonObject(moment.frame["payload"]) ? moment.frame["payload"] : {};
      const state = payload["state"];
      steps.push({
        event: "chat",
        where: { [pointerTo("/payload", "state")]: state },
        ...on(moment.connection),
      });
    }
  }
  return steps;
}

/**
 * Drafts a scenario that asks what the captured clients asked: keys of sessions in the run's own namespace, ids that came
 * back bound and handed back, ids of the client's own made anew. Title and reason stay for a person to say.
 * @returns YAML
 * @throws LockstepError NOTHING_SELECTED when nothing was asked
 */
export function draftScenario(capture: TapCapture, options: DraftOptions): string {
  const { moments, exchanges } = timelineOf(capture, "the capture");
  const { connection } = options;
  const chosen = moments.filter((moment) => {
    const of =
      moment.is === "request" || moment.is === "answer" ? moment.exchange.connection : moment.connection;
    return connection === undefined || of === connection;
  });
  const drafter = new Drafter();
  for (const { frame, method } of exchanges) if (method !== "connect") drafter.gatherKeys(frame["params"]);
  const steps = stepsOf(chosen, drafter);
  const calls = steps.flatMap((step) => (typeof step["call"] === "string" ? [step["call"]] : []));
  const runsAgents = steps.some((step) => "event" in step) || calls.includes("agent");
  const scenario = {
    id: options.id,
    title: `${TODO}: what has to be so, in one sentence`,
    why: `${TODO}: who would notice if it were not`,
    covers: calls.length === 0 ? ["connect"] : [...new Set(calls)],
    ...(runsAgents ? { given: ["model:echo"] } : {}),
    steps: steps.length === 0 ? [{ call: "health" }] : steps,
  };
  const text = stringify(scenario, { lineWidth: 110, aliasDuplicateObjects: false });
  return `# yaml-language-server: $schema=../../schemas/lockstep/scenario.schema.json\n# Drafted from a capture of ${capture.header.started}. Take out what the behaviour does not need.\n${text}`;
}
