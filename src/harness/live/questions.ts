import { isMethodName, METHODS } from "../../contract/index.ts";
import { createResolver, planCases, render, type Suite } from "../scenario/index.ts";
import { isObject } from "../scenario/json.ts";
import { isRead } from "../replay/read-methods.ts";
import { timelineOf } from "../replay/timeline.ts";
import { holdsVolatile } from "../replay/volatile-text.ts";
import type { TapCapture } from "../tap/index.ts";

/** A request that changes nothing. */
export interface LiveQuestion {
  readonly method: string;
  /** Absent where the request has none. */
  readonly params?: unknown;
}

/** Requests to send, and how often one was found that is not sent. */
export interface LiveQuestions {
  readonly questions: readonly LiveQuestion[];
  readonly notSent: Readonly<Record<string, number>>;
}

/**
 * Scenarios' requests of these are not sent: the answers are about an installation, and no two agree, or they wait for a run
 * that only the scenario has.
 */
const LEFT_OUT: ReadonlySet<string> = new Set(["config.schema", "logs.tail", "agent.wait"]);

/** Whether the old build serves a method at all. */
const isUpstreams = (method: string): boolean =>
  !isMethodName(method) || METHODS[method].origin === "openclaw";

/** Parts requests that change nothing, and are not to be skipped, from the rest. */
export function selectReads(all: readonly LiveQuestion[], skip: readonly string[]): LiveQuestions {
  const notSent: Record<string, number> = {};
  const questions = all.filter(({ method, params }) => {
    if (!skip.includes(method) && isRead(method, params)) return true;
    notSent[method] = (notSent[method] ?? 0) + 1;
    return false;
  });
  return { questions, notSent };
}

/** What the clients of a capture asked. @throws LockstepError NOTHING_SELECTED when they asked nothing */
export function capturedQuestions(capture: TapCapture, name: string): LiveQuestion[] {
  return timelineOf(capture, name)
    .exchanges.filter(({ method }) => method !== "connect")
    .map(({ method, frame }): LiveQuestion => {
      const { params } = frame;
      return { method, ...(params === undefined ? {} : { params }) };
    });
}

/**
 * What the scenarios that only read ask, each request once. Their fixtures are not there, so that many ask for what does not
 * exist: how that is answered has to agree as well. A request that needs what an earlier step brought is left out.
 * @throws LockstepError NOTHING_SELECTED
 */
export function scenarioQuestions(suite: Suite, patterns: readonly string[]): LiveQuestion[] {
  const resolve = createResolver({ run: "compare0", now: Date.now() });
  const found = new Map<string, LiveQuestion>();
  for (const planned of planCases(suite, { patterns })) {
    const calls: LiveQuestion[] = [];
    for (const step of planned.steps) {
      if (!("call" in step)) continue;
      try {
        const params: unknown = step.params === undefined ? undefined : render(step.params, resolve);
        calls.push({
          method: String(render(step.call, resolve)),
          ...(params === undefined ? {} : { params }),
        });
      } catch {
        // It names what only a run of the scenario knows.
      }
    }
    // In a scenario that writes, a read is about what was written.
    if (!calls.every(({ method, params }) => isRead(method, params))) continue;
    for (const call of calls) {
      if (LEFT_OUT.has(call.method) || !isUpstreams(call.method)) continue;
      const text = JSON.stringify(call);
      if (!text.includes("{{")) found.set(text, call);
    }
  }
  return [...found.values()];
}

/** Most keys that one preview takes (upstream-2026.2.17 section 2.6). */
const PREVIEW_KEYS = 64;

/** The rows of a `sessions.list` answer that can be asked about one by one. */
export function rowsOf(payload: unknown): { readonly key: string; readonly sessionId?: string }[] {
  const rows: readonly unknown[] =
    isObject(payload) && Array.isArray(payload["sessions"]) ? payload["sessions"] : [];
  return rows.flatMap((row) =>
    isObject(row) && typeof row["key"] === "string"
      ? [
          {
            key: row["key"],
            ...(typeof row["sessionId"] === "string" ? { sessionId: row["sessionId"] } : {}),
          },
        ]
      : [],
  );
}

/** What there is to ask of any gateway, and of the sessions that the primary has. */
export function sessionQuestions(
  rows: readonly { readonly key: string; readonly sessionId?: string }[],
): LiveQuestion[] {
  const keys = rows.map(({ key }) => key);
  const general: LiveQuestion[] = [
    { method: "health" },
    { method: "status" },
    { method: "sessions.list", params: {} },
    {
      method: "sessions.list",
      params: {
        includeGlobal: true,
        includeUnknown: true,
        includeDerivedTitles: true,
        includeLastMessage: true,
      },
    },
    { method: "sessions.resolve", params: { sessionId: "nobody-has-this-id" } },
    { method: "chat.history", params: { sessionKey: "agent:main:nobody-has-this-key" } },
    {
      method: "sessions.preview",
      params: { keys: [...keys.slice(0, PREVIEW_KEYS - 1), "agent:main:nobody"] },
    },
  ];
  const single = rows.flatMap(({ key, sessionId }): LiveQuestion[] => [
    { method: "sessions.preview", params: { keys: [key], limit: 5, maxChars: 120 } },
    { method: "chat.history", params: { sessionKey: key } },
    { method: "sessions.usage", params: { key } },
    ...(sessionId === undefined || !holdsVolatile(sessionId)
      ? []
      : [{ method: "sessions.resolve", params: { sessionId, includeGlobal: true, includeUnknown: true } }]),
  ]);
  return [...general, ...single];
}
