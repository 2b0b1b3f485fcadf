import type {
  SessionsCompactParams,
  SessionsDeleteParams,
  SessionsListParams,
  SessionsPatchParams,
  SessionsPreviewParams,
  SessionsResetParams,
  SessionsResolveParams,
} from "../../contract/index.ts";
import type { SessionService } from "../sessions-service.ts";
import type { SessionTarget } from "../store/target.ts";
import { StoreUnavailableError } from "../store/types.ts";
import { listSessions, previewSessions, resolveSession } from "./sessions-read.ts";
import { compactSession, deleteSession, patchSession, resetSession } from "./sessions-write.ts";
import {
  failure,
  invalidRequest,
  type MethodHandler,
  type MethodOutcome,
  type MethodTable,
} from "./types.ts";

/** A store that cannot be written is the server's trouble: its text goes on the wire as it is. */
async function answer(work: () => Promise<MethodOutcome>): Promise<MethodOutcome> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StoreUnavailableError) return failure("UNAVAILABLE", error.message);
    throw error;
  }
}

/** A method without a session of its own. The dispatcher has held params against their schema. */
const over =
  <P>(
    service: SessionService,
    work: (service: SessionService, params: P) => Promise<MethodOutcome>,
  ): MethodHandler =>
  (params) =>
    answer(() => work(service, params as P));

type Change<P> = (service: SessionService, target: SessionTarget, params: P) => Promise<MethodOutcome>;

/** A method that changes one session. */
const onOne =
  <P extends { readonly key: string }>(service: SessionService, work: Change<P>): MethodHandler =>
  async (raw) => {
    const params = raw as P;
    if (params.key.trim() === "") return invalidRequest("key required");
    return await answer(() => work(service, service.target(params.key), params));
  };

/** The same for changes that touch the transcript: one at a time for each session. */
const alone =
  <P>(work: Change<P>): Change<P> =>
  (service, target, params) =>
    service.alone(target, () => work(service, target, params));

/** The methods of family `sessions` (upstream-2026.2.17 sections 2.5 to 2.11). */
export function createSessionMethods(service: SessionService): MethodTable {
  return new Map<string, MethodHandler>([
    ["sessions.list", over<SessionsListParams>(service, listSessions)],
    ["sessions.preview", over<SessionsPreviewParams>(service, previewSessions)],
    ["sessions.resolve", over<SessionsResolveParams>(service, resolveSession)],
    ["sessions.patch", onOne<SessionsPatchParams>(service, patchSession)],
    ["sessions.reset", onOne<SessionsResetParams>(service, alone(resetSession))],
    ["sessions.delete", onOne<SessionsDeleteParams>(service, alone(deleteSession))],
    ["sessions.compact", onOne<SessionsCompactParams>(service, alone(compactSession))],
  ]);
}
