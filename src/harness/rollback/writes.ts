import { spread } from "./questions.ts";
import type { Write, WriteKind } from "./types.ts";

/** What is written in one turn. */
export interface WritePlan {
  /** Short id of the rehearsal: what is made here is told from everything else by it. */
  readonly run: string;
  /** Number of the turn, from 0. */
  readonly turn: number;
  readonly agents: readonly string[];
  /** How many sessions are made, at least. */
  readonly fresh: number;
  /** Keys of sessions that are there and have a conversation; main sessions may be among them. */
  readonly conversing: readonly string[];
  /** Keys of sessions that are there and have none. */
  readonly silent: readonly string[];
}

const METHODS: Readonly<Record<WriteKind, string>> = {
  patch: "sessions.patch",
  chat: "chat.send",
  inject: "chat.inject",
  compact: "sessions.compact",
  reset: "sessions.reset",
  delete: "sessions.delete",
};

function write(kind: WriteKind, key: string, more: Readonly<Record<string, unknown>>): Write {
  const name = kind === "chat" || kind === "inject" ? "sessionKey" : "key";
  return { kind, key, method: METHODS[kind], params: { [name]: key, ...more } };
}

/** Levels and overrides that a made session gets, by its number. */
function settings(index: number): Readonly<Record<string, unknown>> {
  const forms = [
    { thinkingLevel: "high", verboseLevel: "full" },
    { reasoningLevel: "stream", responseUsage: "tokens" },
    { elevatedLevel: "ask", sendPolicy: "allow" },
    { model: "stub/slow" },
    { execHost: "gateway", execSecurity: "allowlist", execAsk: "on-miss" },
  ];
  return forms[index % forms.length] ?? {};
}

/** Sessions that come to be over the wire, and what happens to them there. */
function* freshWrites({ run, turn, agents, fresh }: WritePlan): Generator<Write> {
  for (let index = 0; index < fresh; index += 1) {
    const agent = agents[index % agents.length] ?? "main";
    const key = `agent:${agent}:lockstep-${run}-${turn}-${index}`;
    yield write("patch", key, { label: `${run} ${turn} ${index}` });
    yield write("patch", key, settings(index));
    switch (index % 6) {
      case 0:
        yield write("chat", key, {
          message: `words ${turn}.${index} 👋`,
          idempotencyKey: `${run}-${turn}-${index}`,
        });
        yield write("inject", key, { message: "a note", label: "ops" });
        break;
      case 1:
        yield write("patch", key, { label: null, thinkingLevel: "low" });
        break;
      case 2:
        yield write("reset", key, { reason: "reset" });
        break;
      case 3:
        yield write("delete", key, {});
        break;
      default:
        break;
    }
  }
  // What one turn said, the next one goes on with.
  if (turn > 0) {
    const key = `agent:${agents[0] ?? "main"}:lockstep-${run}-${turn - 1}-0`;
    yield write("chat", key, { message: `and again ${turn}`, idempotencyKey: `${run}-${turn}-again` });
    yield write("patch", key, { label: `${run} renamed ${turn}` });
  }
}

const isProtected = (key: string): boolean => /^(?:global|unknown)$|^agent:[^:]+:main$/.test(key);

/** Changes to sessions that were there before, other ones in each turn. */
function* changesToOthers({ run, turn, conversing, silent }: WritePlan): Generator<Write> {
  const shifted = (keys: readonly string[]): string[] => {
    const open = keys.filter((key) => !isProtected(key) && !key.includes(`lockstep-${run}`));
    return spread([...open.slice(turn * 3), ...open.slice(0, turn * 3)], 12);
  };
  const [a, b, c, d, e, f, ...rest] = shifted(conversing);
  if (a !== undefined) yield write("patch", a, { label: `${run} taken over ${turn}` });
  if (b !== undefined) yield write("patch", b, { thinkingLevel: "medium", verboseLevel: null });
  if (c !== undefined) yield write("inject", c, { message: `a note of turn ${turn}` });
  if (d !== undefined) yield write("compact", d, { maxLines: 3 });
  if (e !== undefined) yield write("reset", e, { reason: "new" });
  if (f !== undefined) yield write("delete", f, {});
  // The day it was last used on is over: it goes on under another id, and keeps its label and what nobody knows.
  const [old, ...others] = rest;
  if (old !== undefined)
    yield write("chat", old, { message: `words of turn ${turn}`, idempotencyKey: `${run}-${turn}-old` });
  for (const key of others) yield write("patch", key, { responseUsage: "full" });
  const [g, h, i] = shifted(silent);
  if (g !== undefined) yield write("patch", g, { reasoningLevel: "on" });
  if (h !== undefined) yield write("reset", h, {});
  if (i !== undefined) yield write("delete", i, { deleteTranscript: false });
}

/** Everything that is written in one turn, in order. */
export function* planWrites(plan: WritePlan): Generator<Write> {
  yield* freshWrites(plan);
  yield* changesToOthers(plan);
}
