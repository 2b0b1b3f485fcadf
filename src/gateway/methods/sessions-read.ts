import path from "node:path";
import type {
  SessionsListParams,
  SessionsPreviewParams,
  SessionsResolveParams,
} from "../../contract/index.ts";
import type { SessionService } from "../sessions-service.ts";
import { asEntry } from "../sessions/entry.ts";
import { withoutUndefined } from "../sessions/json.ts";
import { storeAgentId } from "../sessions/key.ts";
import { parseLabel } from "../sessions/label.ts";
import { listDefaults, type ListedSession, selectSessions } from "../sessions/list.ts";
import type { PreviewItem } from "../sessions/preview.ts";
import { rowPieces } from "../sessions/row-text.ts";
import { sessionRow } from "../sessions/row.ts";
import { derivedTitle } from "../sessions/title.ts";
import { isStoreTemplate } from "../store/paths.ts";
import { findUnderAnyKey, migrateKey } from "../store/target.ts";
import { transcriptCandidates } from "../transcripts/paths.ts";
import { invalidRequest, type MethodOutcome, success } from "./types.ts";
import { WrittenJson } from "./written-json.ts";

/** Transcripts read at the same time for one request. */
const PARALLEL_READS = 8;

async function mapInParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += PARALLEL_READS) {
    results.push(...(await Promise.all(items.slice(at, at + PARALLEL_READS).map(work))));
  }
  return results;
}

/** What the transcript adds to a row. */
async function titlesOf(
  service: SessionService,
  params: SessionsListParams,
  { key, entry }: ListedSession,
): Promise<Record<string, unknown>> {
  if (!entry["sessionId"]) return {};
  const { config, places, reader } = service;
  // A list over several stores has no directory of its own, so a relative sessionFile leads nowhere (quirk 90).
  const sessionsDir = isStoreTemplate(config.session?.store) ? undefined : path.dirname(service.listPath());
  const { sessionId, sessionFile } = entry;
  const ref = { sessionId, sessionFile, sessionsDir, agentId: storeAgentId(config, key) };
  const fields = await reader.titleFields(transcriptCandidates(places, ref));
  return withoutUndefined({
    derivedTitle: params.includeDerivedTitles ? derivedTitle(entry, fields.firstUserMessage) : undefined,
    lastMessagePreview: params.includeLastMessage ? fields.lastMessage : undefined,
  });
}

const END_OF_LIST = Buffer.from("]}");

/** What a list shows, written for the wire. */
interface WrittenList {
  /** The sessions it was made from. */
  readonly of: ReadonlyMap<string, unknown>;
  readonly asked: string;
  readonly count: number;
  readonly rows: readonly Buffer[];
}

/** What was written last for a service: whoever lists often asks for the same of the same sessions. */
const written = new WeakMap<SessionService, WrittenList>();

/** The rows as JSON; the last ones are kept until a session changes, and all who ask for them share their bytes. */
function writeList(service: SessionService, params: SessionsListParams, now: number): WrittenList {
  const of = service.combined();
  const asked = JSON.stringify(params);
  const last = written.get(service);
  // Which sessions are active is another question at every moment.
  if (last?.of === of && last.asked === asked && params.activeMinutes === undefined) return last;
  const selected = selectSessions(service.config, of, params, now);
  const list = { of, asked, count: selected.length, rows: rowPieces(service.config, selected) };
  written.set(service, list);
  return list;
}

/** `sessions.list` (upstream-2026.2.17 section 2.5). Reads no transcript unless titles or messages are asked for. */
export async function listSessions(
  service: SessionService,
  params: SessionsListParams,
): Promise<MethodOutcome> {
  const ts = service.now();
  const head = (count: number) => ({
    ts,
    path: service.listPath(),
    count,
    defaults: listDefaults(service.config),
  });
  if (params.includeDerivedTitles !== true && params.includeLastMessage !== true) {
    const { count, rows } = writeList(service, params, ts);
    const open = Buffer.from(`${JSON.stringify(head(count)).slice(0, -1)},"sessions":[`);
    return success(new WrittenJson([open, ...rows, END_OF_LIST]));
  }
  const selected = selectSessions(service.config, service.combined(), params, ts);
  const sessions = await mapInParallel(selected, async (session) => ({
    ...sessionRow(service.config, session.key, session.entry),
    ...(await titlesOf(service, params, session)),
  }));
  return success({ ...head(selected.length), sessions });
}

const PREVIEW_KEYS = 64;
const bounded = (value: number | undefined, fallback: number, most: number): number =>
  value !== undefined && Number.isFinite(value) ? Math.min(value, most) : fallback;

interface Preview {
  readonly key: string;
  readonly status: "ok" | "empty" | "missing" | "error";
  readonly items: readonly PreviewItem[];
}

async function previewSession(
  service: SessionService,
  key: string,
  limit: number,
  maxChars: number,
): Promise<Preview> {
  try {
    const target = service.target(key);
    const entry = asEntry(findUnderAnyKey(service.store(target.path).view(), target));
    if (!entry?.["sessionId"]) return { key, status: "missing", items: [] };
    const candidates = transcriptCandidates(service.places, {
      sessionId: entry["sessionId"],
      sessionFile: entry["sessionFile"],
      sessionsDir: path.dirname(target.path),
      agentId: target.agentId,
    });
    const items = await service.reader.preview(candidates, limit, maxChars);
    return { key, status: items.length > 0 ? "ok" : "empty", items };
  } catch {
    return { key, status: "error", items: [] };
  }
}

/** `sessions.preview` (upstream-2026.2.17 section 2.6). Writes nothing. */
export async function previewSessions(
  service: SessionService,
  params: SessionsPreviewParams,
): Promise<MethodOutcome> {
  const keys = params.keys
    .map((key) => key.trim())
    .filter((key) => key !== "")
    .slice(0, PREVIEW_KEYS);
  const limit = bounded(params.limit, 12, 50);
  const maxChars = bounded(params.maxChars, 240, 2000);
  const previews = await mapInParallel(keys, (key) => previewSession(service, key, limit, maxChars));
  return success({ ts: service.now(), previews });
}

async function resolveByKey(service: SessionService, key: string): Promise<MethodOutcome> {
  const target = service.target(key);
  const view = service.store(target.path).view();
  if (!view.get(target.key)) {
    if (findUnderAnyKey(view, target) === undefined) return invalidRequest(`No session found: ${key}`);
    await service.change(target.path, (draft) => migrateKey(draft, target));
  }
  return success({ ok: true, key: target.key });
}

/** Sessions that one refusal names at most. */
const MOST_NAMED = 8;

/** The one session that was found, or why it is not one. */
function onlyOne(found: readonly ListedSession[], none: string, several: string): MethodOutcome {
  const [first] = found;
  if (first === undefined) return invalidRequest(none);
  if (found.length > 1) return invalidRequest(`${several} (${found.map(({ key }) => key).join(", ")})`);
  return success({ ok: true, key: first.key });
}

/** `sessions.resolve` (upstream-2026.2.17 section 2.8). Only a session found by key alone under a legacy key is moved. */
export async function resolveSession(
  service: SessionService,
  params: SessionsResolveParams,
): Promise<MethodOutcome> {
  const key = params.key?.trim() ?? "";
  const sessionId = params.sessionId?.trim() ?? "";
  const label = params.label?.trim() ?? "";
  const given = [key, sessionId, label].filter((value) => value !== "").length;
  if (given > 1) return invalidRequest("Provide either key, sessionId, or label (not multiple)");
  if (given === 0) return invalidRequest("Either key, sessionId, or label is required");
  if (key !== "") return await resolveByKey(service, key);

  const { includeGlobal, includeUnknown, spawnedBy, agentId } = params;
  const scope = {
    ...(includeGlobal === undefined ? {} : { includeGlobal }),
    ...(includeUnknown === undefined ? {} : { includeUnknown }),
    ...(spawnedBy === undefined ? {} : { spawnedBy }),
    ...(agentId === undefined ? {} : { agentId }),
  };
  const search = (
    among: ReturnType<SessionService["combined"]>,
    filter: SessionsListParams,
  ): ListedSession[] => selectSessions(service.config, among, { ...scope, ...filter }, service.now());
  if (sessionId !== "") {
    // Upstream compares exactly only among the first 8 that contain the id, and misses others (quirk 93).
    const found = search(service.mentioning(sessionId), { search: sessionId })
      .filter((session) => session.entry["sessionId"] === sessionId || session.key === sessionId)
      .slice(0, MOST_NAMED);
    return onlyOne(
      found,
      `No session found: ${sessionId}`,
      `Multiple sessions found for sessionId: ${sessionId}`,
    );
  }
  const parsed = parseLabel(label);
  if ("refusal" in parsed) return invalidRequest(parsed.refusal);
  const among = service.combinedWhere((view) => view.keysLabelled(label));
  const found = search(among, { label, limit: 2 });
  return onlyOne(
    found,
    `No session found with label: ${label}`,
    `Multiple sessions found with label: ${label}`,
  );
}
