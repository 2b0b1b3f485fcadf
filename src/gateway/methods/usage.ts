import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import type { SessionsUsageParams } from "../../contract/index.ts";
import { normalizeAgentId } from "../sessions/agents.ts";
import { asEntry } from "../sessions/entry.ts";
import { isRecord, type JsonRecord, stringOrNone } from "../sessions/json.ts";
import { parseAgentKey } from "../sessions/key.ts";
import type { SessionService } from "../sessions-service.ts";
import { agentSessionsDir, isStoreTemplate } from "../store/paths.ts";
import { findUnderAnyKey } from "../store/target.ts";
import { nonBlankLines } from "../transcripts/lines.ts";
import { statedTranscript } from "../transcripts/paths.ts";
import { aggregateUsage } from "../usage/aggregate.ts";
import { StaleWhileRefreshing } from "../usage/cost-cache.ts";
import { costSummary } from "../usage/cost-summary.ts";
import { type DayNamer, type DayRange, dayRange, daysOf, utcDay } from "../usage/day.ts";
import { FactReader } from "../usage/fact-reader.ts";
import { logEntry, newestLogs } from "../usage/logs.ts";
import type { MessageFact } from "../usage/message-fact.ts";
import { sessionSummary } from "../usage/session-summary.ts";
import { usagePoints } from "../usage/timeseries.ts";
import {
  invalidRequest,
  type MethodHandler,
  type MethodOutcome,
  type MethodTable,
  success,
} from "./types.ts";

/** Agent whose transcripts `usage.cost` counts, whatever the configuration says (upstream-2026.2.17 quirk 28). */
const COST_AGENT = "main";
const DEFAULT_LIMIT = 50;
const TRANSCRIPT_ENDING = ".jsonl";

/** A transcript and the session it belongs to, if any. */
interface UsedSession {
  readonly key: string;
  readonly sessionId: string;
  readonly file: string;
  readonly updatedAt: number;
  readonly entry: JsonRecord | undefined;
}

interface TranscriptFile {
  readonly sessionId: string;
  readonly file: string;
  readonly mtimeMs: number;
}

const numberOrNone = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);

/** An agent's transcripts that were touched since a time (epoch ms), the one touched last first. */
async function transcriptsSince(directory: string, since: number): Promise<TranscriptFile[]> {
  const found: TranscriptFile[] = [];
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isFile() || !entry.name.endsWith(TRANSCRIPT_ENDING)) continue;
    const file = path.join(directory, entry.name);
    const stats = await stat(file).catch(() => undefined);
    if (stats === undefined || stats.mtimeMs < since) continue;
    found.push({ sessionId: entry.name.slice(0, -TRANSCRIPT_ENDING.length), file, mtimeMs: stats.mtimeMs });
  }
  return found;
}

/** Sessions by the id of their transcript; the last one wins where two share it. */
function bySessionId(service: SessionService): Map<string, { key: string; entry: JsonRecord }> {
  const found = new Map<string, { key: string; entry: JsonRecord }>();
  for (const [key, { entry }] of service.combined()) {
    const id = stringOrNone(entry["sessionId"]);
    if (id !== undefined && id !== "") found.set(id, { key, entry });
  }
  return found;
}

async function everySession(service: SessionService, range: DayRange): Promise<UsedSession[]> {
  const known = bySessionId(service);
  const files: (TranscriptFile & { agentId: string })[] = [];
  for (const agentId of service.agents()) {
    const found = await transcriptsSince(agentSessionsDir(service.places, agentId), range.startMs);
    files.push(...found.map((file) => ({ ...file, agentId })));
  }
  files.sort((a, b) => b.mtimeMs - a.mtimeMs);
  return files.map(({ agentId, sessionId, file, mtimeMs }) => {
    const owner = known.get(sessionId);
    return {
      key: owner?.key ?? `agent:${agentId}:${sessionId}`,
      sessionId,
      file,
      updatedAt: numberOrNone(owner?.entry["updatedAt"]) ?? mtimeMs,
      entry: owner?.entry,
    };
  });
}

/** The one session that is asked for: its key as given, or its id (upstream-2026.2.17 section 2.12). */
async function askedSession(service: SessionService, key: string): Promise<UsedSession[] | undefined> {
  const combined = service.combined();
  const parsed = parseAgentKey(key);
  const rest = parsed?.rest ?? key;
  const exact = combined.get(key);
  const owner = exact === undefined ? bySessionId(service).get(rest) : { key, entry: exact.entry };
  const sessionId = stringOrNone(owner?.entry["sessionId"]) ?? rest;
  const directory = isStoreTemplate(service.config.session?.store)
    ? agentSessionsDir(service.places, parsed?.agentId ?? COST_AGENT)
    : path.dirname(service.listPath());
  const file = statedTranscript(service.places, {
    sessionId,
    sessionFile: owner?.entry["sessionFile"],
    sessionsDir: directory,
    agentId: parsed?.agentId,
  });
  if (file === undefined) return undefined;
  const stats = await stat(file).catch(() => undefined);
  if (!stats?.isFile()) return [];
  return [
    {
      key: owner?.key ?? key,
      sessionId,
      file,
      updatedAt: numberOrNone(owner?.entry["updatedAt"]) ?? stats.mtimeMs,
      entry: owner?.entry,
    },
  ];
}

function describe(
  session: UsedSession,
  facts: readonly MessageFact[] | undefined,
  range: DayRange,
  dayOf: DayNamer,
  weight: boolean,
) {
  const { key, sessionId, file, updatedAt, entry } = session;
  const origin = isRecord(entry?.["origin"]) ? entry["origin"] : undefined;
  const text = (name: string): string | undefined => stringOrNone(entry?.[name]);
  const usage =
    facts === undefined
      ? undefined
      : { sessionId, sessionFile: file, ...sessionSummary(facts, range, dayOf) };
  const members = {
    label: text("label"),
    agentId: parseAgentKey(key)?.agentId,
    channel: text("channel") ?? stringOrNone(origin?.["provider"]),
    chatType: text("chatType") ?? stringOrNone(origin?.["chatType"]),
    origin,
    modelOverride: text("modelOverride"),
    providerOverride: text("providerOverride"),
    modelProvider: text("modelProvider"),
    model: text("model"),
  };
  const present = Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
  return {
    spend: { agentId: members.agentId, channel: members.channel, usage },
    row: {
      key,
      sessionId,
      updatedAt,
      ...present,
      usage: usage ?? null,
      ...(weight ? { contextWeight: entry?.["systemPromptReport"] ?? null } : {}),
    },
  };
}

async function sessionsUsage(
  service: SessionService,
  reader: FactReader,
  dayOf: DayNamer,
  params: SessionsUsageParams,
): Promise<MethodOutcome> {
  const now = service.now();
  const range = dayRange({ startDate: params.startDate, endDate: params.endDate }, now);
  const key = params.key?.trim() ?? "";
  const found = key === "" ? await everySession(service, range) : await askedSession(service, key);
  if (found === undefined) return invalidRequest(`Invalid session reference: ${key}`);
  found.sort((a, b) => b.updatedAt - a.updatedAt);
  const described: ReturnType<typeof describe>[] = [];
  for (const session of found.slice(0, params.limit ?? DEFAULT_LIMIT)) {
    const facts = await reader.read(session.file);
    described.push(describe(session, facts, range, dayOf, params.includeContextWeight ?? false));
  }
  return success({
    updatedAt: now,
    startDate: utcDay(range.startMs),
    endDate: utcDay(range.endMs),
    sessions: described.map(({ row }) => row),
    ...aggregateUsage(described.map(({ spend }) => spend)),
  });
}

/** The transcript of a session that is asked for by key, or by the name of its transcript alone. */
function transcriptOf(service: SessionService, key: string): { sessionId: string; file: string } | undefined {
  const target = service.target(key);
  const entry = asEntry(findUnderAnyKey(service.store(target.path).view(), target));
  const parsed = parseAgentKey(key);
  const sessionId = stringOrNone(entry?.["sessionId"]) ?? parsed?.rest ?? key;
  const file = statedTranscript(service.places, {
    sessionId,
    sessionFile: entry?.["sessionFile"],
    sessionsDir: path.dirname(target.path),
    agentId: parsed?.agentId === undefined ? undefined : normalizeAgentId(parsed.agentId),
  });
  return file === undefined ? undefined : { sessionId, file };
}

function keyOf(params: unknown): string {
  const key = isRecord(params) ? params["key"] : undefined;
  return typeof key === "string" ? key.trim() : "";
}

async function timeseries(
  service: SessionService,
  reader: FactReader,
  params: unknown,
): Promise<MethodOutcome> {
  const key = keyOf(params);
  if (key === "") return invalidRequest("key is required for timeseries");
  const transcript = transcriptOf(service, key);
  if (transcript === undefined) return invalidRequest(`Invalid session key: ${key}`);
  const facts = await reader.read(transcript.file);
  if (facts === undefined) return invalidRequest(`No transcript found for session: ${key}`);
  return success({ sessionId: transcript.sessionId, points: usagePoints(facts) });
}

async function logs(service: SessionService, params: unknown): Promise<MethodOutcome> {
  const key = keyOf(params);
  if (key === "") return invalidRequest("key is required for logs");
  const transcript = transcriptOf(service, key);
  if (transcript === undefined) return invalidRequest(`Invalid session key: ${key}`);
  const text = await readFile(transcript.file, "utf8").catch(() => "");
  const entries = nonBlankLines(text).flatMap((line) => logEntry(service.config, line) ?? []);
  return success({ logs: newestLogs(entries, isRecord(params) ? params["limit"] : undefined) });
}

async function cost(service: SessionService, reader: FactReader, range: DayRange, dayOf: DayNamer) {
  const files = await transcriptsSince(agentSessionsDir(service.places, COST_AGENT), range.startMs);
  const facts: (readonly MessageFact[])[] = [];
  for (const { file } of files) facts.push((await reader.read(file)) ?? []);
  return costSummary(facts, range, dayOf, service.now());
}

/**
 * The methods of family `usage` (upstream-2026.2.17 sections 2.3, 2.4 and 2.12 to 2.14).
 * @param timeZone whose days the messages are sorted into; the process's own when absent
 */
export function createUsageMethods(service: SessionService, timeZone?: string): MethodTable {
  const dayOf = daysOf(timeZone);
  const reader = new FactReader(service.config);
  const costs = new StaleWhileRefreshing<Awaited<ReturnType<typeof cost>>>(service.now);
  return new Map<string, MethodHandler>([
    // Quotas are the providers' own figures for accounts; no provider of this gateway has such an account.
    ["usage.status", () => success({ updatedAt: service.now(), providers: [] })],
    [
      "usage.cost",
      async (params) => {
        const range = dayRange(isRecord(params) ? params : {}, service.now());
        return success(
          await costs.get(`${range.startMs}-${range.endMs}`, () => cost(service, reader, range, dayOf)),
        );
      },
    ],
    ["sessions.usage", (params) => sessionsUsage(service, reader, dayOf, params as SessionsUsageParams)],
    ["sessions.usage.timeseries", (params) => timeseries(service, reader, params)],
    ["sessions.usage.logs", (params) => logs(service, params)],
  ]);
}
