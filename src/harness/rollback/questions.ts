import { isObject } from "../scenario/json.ts";
import type { Question } from "./types.ts";

/** What the questions need to know of a session. */
export interface KnownSession {
  readonly key: string;
  readonly sessionId?: string;
  readonly label?: string;
}

/** What an interview is about. */
export interface Topics {
  readonly agents: readonly string[];
  readonly sessions: readonly KnownSession[];
  /** UTC dates. `usage.cost` keeps what it answered for a range, so every interview asks for another one. */
  readonly from: string;
  readonly to: string;
  /** How many sessions are asked about one by one. */
  readonly sample: number;
  /** Sessions that are among them whatever the sample says. */
  readonly always: ReadonlySet<string>;
  /** Whether a store holds a session under exactly this key. */
  readonly isStored: (key: string) => boolean;
}

const DAY = 86_400_000;
/** A preview looks at so many keys (upstream-2026.2.17 section 2.6). */
const PREVIEW_KEYS = 64;

/** The question whose answer says which sessions there are. */
export const EVERYTHING: Question = {
  method: "sessions.list",
  params: { includeGlobal: true, includeUnknown: true, includeDerivedTitles: true, includeLastMessage: true },
};

/** The sessions in an answer to {@link EVERYTHING}. */
export function sessionsIn(payload: unknown): KnownSession[] {
  const rows: readonly unknown[] =
    isObject(payload) && Array.isArray(payload["sessions"]) ? payload["sessions"] : [];
  return rows.flatMap((row) => {
    if (!isObject(row) || typeof row["key"] !== "string") return [];
    const { key, sessionId, label } = row;
    return [
      {
        key,
        ...(typeof sessionId === "string" ? { sessionId } : {}),
        ...(typeof label === "string" ? { label } : {}),
      },
    ];
  });
}

/** UTC date of the day that lies so many days from now. */
export function dayFrom(now: number, days: number): string {
  return new Date(now + days * DAY).toISOString().slice(0, 10);
}

/** So many of the items, evenly spread. */
export function spread<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items];
  return items.filter(
    (_, index) =>
      Math.floor((index * count) / items.length) !== Math.floor(((index - 1) * count) / items.length),
  );
}

function* listQuestions(topics: Topics): Generator<Question> {
  const { agents, sessions } = topics;
  const lists: Record<string, unknown>[] = [
    {},
    { limit: 7 },
    { activeMinutes: 5 * 1_440 },
    { activeMinutes: 60 * 24 * 365 * 20, limit: 50 },
    { search: "telegram" },
    { search: "label 1" },
    { includeGlobal: true, limit: 20 },
    { spawnedBy: "main" },
    { label: "nobody has this label" },
    ...agents.flatMap((agentId) => [{ agentId }, { spawnedBy: `agent:${agentId}:main` }]),
    ...spread(sessions, 10).flatMap(({ label, sessionId }) => [
      ...(label === undefined ? [] : [{ label }]),
      ...(sessionId === undefined ? [] : [{ search: sessionId }]),
    ]),
  ];
  yield EVERYTHING;
  for (const params of lists) yield { method: "sessions.list", params };
}

function* resolveQuestions(session: KnownSession, isStored: boolean): Generator<Question> {
  const { key, sessionId, label } = session;
  const method = "sessions.resolve";
  const shared = { includeGlobal: true, includeUnknown: true };
  // Under an older spelling of its key this would move the session, and an interview changes nothing.
  if (isStored) yield { method, params: { key } };
  if (sessionId !== undefined) yield { method, params: { sessionId, ...shared } };
  if (label === undefined) return;
  yield { method, params: { label, ...shared } };
  const [, agentId = "main"] = key.split(":");
  yield { method, params: { label, agentId, spawnedBy: `agent:${agentId}:main` } };
}

function* singleQuestions(session: KnownSession, { from, to, isStored }: Topics): Generator<Question> {
  const { key } = session;
  yield* resolveQuestions(session, isStored(key));
  yield { method: "sessions.usage", params: { key, startDate: from, endDate: to } };
  yield { method: "sessions.usage.timeseries", params: { key } };
  yield { method: "sessions.usage.logs", params: { key, limit: 50 } };
}

/** All questions of an interview. None of them changes anything. */
export function* questionsAbout(topics: Topics): Generator<Question> {
  const { sessions, from, to, sample, always } = topics;
  yield* listQuestions(topics);
  const keys = [...sessions.map(({ key }) => key), "agent:main:nobody", "main"];
  for (let at = 0; at < keys.length; at += PREVIEW_KEYS) {
    const some = keys.slice(at, at + PREVIEW_KEYS);
    yield { method: "sessions.preview", params: { keys: some, limit: 5, maxChars: 120 } };
  }
  const range = { startDate: from, endDate: to };
  yield { method: "usage.cost", params: range };
  yield { method: "sessions.usage", params: { ...range, limit: 10_000 } };
  yield { method: "sessions.usage", params: { ...range, limit: 5, includeContextWeight: true } };
  for (const { key } of sessions) yield { method: "chat.history", params: { sessionKey: key } };
  const asked = new Set(spread(sessions, sample).map(({ key }) => key));
  for (const session of sessions)
    if (asked.has(session.key) || always.has(session.key)) yield* singleQuestions(session, topics);
  for (const key of ["agent:main:nobody", "main"]) {
    yield { method: "sessions.resolve", params: { key } };
    yield { method: "chat.history", params: { sessionKey: key } };
  }
}
