import { randomUUID } from "node:crypto";
import path from "node:path";
import type {
  SessionsCompactParams,
  SessionsDeleteParams,
  SessionsPatchParams,
  SessionsResetParams,
} from "../../contract/index.ts";
import type { SessionService } from "../sessions-service.ts";
import { asEntry } from "../sessions/entry.ts";
import { type JsonRecord, stringOrNone } from "../sessions/json.ts";
import { mainSessionKey } from "../sessions/key.ts";
import { defaultModel, sessionModel } from "../sessions/models.ts";
import { patchEntry } from "../sessions/patch.ts";
import { compactedEntry, resetEntry } from "../sessions/reset.ts";
import { findUnderOwnKeys, migrateKey, type SessionTarget } from "../store/target.ts";
import type { ArchiveReason } from "../transcripts/archive.ts";
import { firstExisting } from "../transcripts/lines.ts";
import { transcriptCandidates } from "../transcripts/paths.ts";
import { failure, invalidRequest, type MethodOutcome, success } from "./types.ts";

function candidatesOf(
  service: SessionService,
  target: SessionTarget,
  entry: JsonRecord | undefined,
): string[] {
  return transcriptCandidates(service.places, {
    sessionId: entry?.["sessionId"],
    sessionFile: entry?.["sessionFile"],
    sessionsDir: path.dirname(target.path),
    agentId: target.agentId,
  });
}

async function archiveOf(
  service: SessionService,
  target: SessionTarget,
  entry: JsonRecord | undefined,
  reason: ArchiveReason,
): Promise<string[]> {
  if (!entry?.["sessionId"]) return [];
  return await service.writer.archive(candidatesOf(service, target, entry), reason, service.now());
}

/** Ends what runs in a session; the refusal when it would not end. */
async function endActivity(
  service: SessionService,
  target: SessionTarget,
  entry: JsonRecord | undefined,
): Promise<MethodOutcome | undefined> {
  if (await service.endActivity(target, stringOrNone(entry?.["sessionId"]))) return undefined;
  return failure("UNAVAILABLE", `Session ${target.requested} is still active; try again in a moment.`);
}

/** `sessions.patch` (upstream-2026.2.17 section 3). A refused patch still moves the session to its canonical key. */
export async function patchSession(
  service: SessionService,
  target: SessionTarget,
  params: SessionsPatchParams,
): Promise<MethodOutcome> {
  const { config, now } = service;
  const { key, agentId } = target;
  const fallback = defaultModel(config, agentId);
  const outcome = await service.change(target.path, (draft) => {
    const existing = asEntry(migrateKey(draft, target));
    const isLabelTaken = (label: string): boolean =>
      draft.keysLabelled(label).some((holder) => holder !== key);
    const patched = patchEntry(
      { config, key, existing, fallback, now: now(), newSessionId: randomUUID(), isLabelTaken },
      params,
    );
    if ("entry" in patched) draft.set(key, patched.entry);
    return patched;
  });
  if ("refusal" in outcome) return invalidRequest(outcome.refusal);
  const { provider, model } = sessionModel(outcome.entry, fallback);
  const resolved = { modelProvider: provider, model };
  return success({ ok: true, path: target.path, key, entry: outcome.entry, resolved });
}

/** `sessions.reset` (upstream-2026.2.17 section 2.9). Creates the session when there is none. */
export async function resetSession(
  service: SessionService,
  target: SessionTarget,
  _params: SessionsResetParams,
): Promise<MethodOutcome> {
  const known = asEntry(findUnderOwnKeys(service.store(target.path).view(), target));
  const refusal = await endActivity(service, target, known);
  if (refusal !== undefined) return refusal;
  const { before, entry } = await service.change(target.path, (draft) => {
    const before = asEntry(migrateKey(draft, target));
    const entry = resetEntry(before, randomUUID(), service.now());
    draft.set(target.key, entry);
    return { before, entry };
  });
  await archiveOf(service, target, before, "reset");
  return success({ ok: true, key: target.key, entry });
}

/** `sessions.delete` (upstream-2026.2.17 section 2.10). Only the default agent's main session is protected. */
export async function deleteSession(
  service: SessionService,
  target: SessionTarget,
  params: SessionsDeleteParams,
): Promise<MethodOutcome> {
  const mainKey = mainSessionKey(service.config);
  if (target.key === mainKey) return invalidRequest(`Cannot delete the main session (${mainKey}).`);
  const known = asEntry(findUnderOwnKeys(service.store(target.path).view(), target));
  const refusal = await endActivity(service, target, known);
  if (refusal !== undefined) return refusal;
  await service.change(target.path, (draft) => {
    if (migrateKey(draft, target)) draft.delete(target.key);
  });
  const archived =
    params.deleteTranscript === false ? [] : await archiveOf(service, target, known, "deleted");
  return success({ ok: true, key: target.key, deleted: known !== undefined, archived });
}

/** `sessions.compact` (upstream-2026.2.17 section 2.11). Keeps the last lines of a transcript; summarises nothing. */
export async function compactSession(
  service: SessionService,
  target: SessionTarget,
  params: SessionsCompactParams,
): Promise<MethodOutcome> {
  const { key } = target;
  const { maxLines } = params;
  const most = maxLines !== undefined && Number.isFinite(maxLines) ? maxLines : 400;
  const entry = asEntry(await service.change(target.path, (draft) => migrateKey(draft, target)));
  if (!entry?.["sessionId"]) return success({ ok: true, key, compacted: false, reason: "no sessionId" });
  const found = await firstExisting(candidatesOf(service, target, entry));
  if (found === undefined) return success({ ok: true, key, compacted: false, reason: "no transcript" });
  const { archived, kept } = await service.writer.cut(found.file, most, service.now());
  if (archived === undefined) return success({ ok: true, key, compacted: false, kept });
  await service.change(target.path, (draft) => {
    const current = asEntry(draft.get(key));
    if (current !== undefined) draft.set(key, compactedEntry(current, service.now()));
  });
  return success({ ok: true, key, compacted: true, archived, kept });
}
