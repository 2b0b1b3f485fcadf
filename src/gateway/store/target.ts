import type { GatewayConfig } from "../config/types.ts";
import { agentMainKey, canonicalKey, isSharedKey, storeAgentId } from "../sessions/key.ts";
import type { StoreDraft, StoreView } from "./types.ts";

/** Where a requested session is stored. */
export interface SessionTarget {
  /** As the client wrote it, without outer blanks. */
  readonly requested: string;
  readonly key: string;
  readonly agentId: string;
  /** Absolute path of the store. */
  readonly path: string;
}

/**
 * Finds a session's store (upstream-2026.2.17 section 4.1). Touches no file.
 * @param pathOf gives the absolute path of an agent's store.
 */
export function sessionTarget(
  config: GatewayConfig,
  pathOf: (agentId: string) => string,
  requested: string,
): SessionTarget {
  const raw = requested.trim();
  const key = canonicalKey(config, raw);
  const agentId = storeAgentId(config, key);
  return { requested: raw, key, agentId, path: pathOf(agentId) };
}

/**
 * The stored keys that mean a session, its canonical key first: that key, the requested one, and every spelling of them
 * that differs in case (upstream-2026.2.17 section 4.3). Keys that are not stored may be among them.
 */
export function keyCandidates(view: StoreView, target: SessionTarget): string[] {
  const { key, requested } = target;
  // One, for nearly everybody, since clients ask by canonical keys.
  const own = key === requested ? [key] : [key, requested];
  const candidates = new Set(own);
  // `global` and `unknown` are matched as they are written.
  if (isSharedKey(key)) return own;
  for (const spelled of own) for (const stored of view.keysLike(spelled)) candidates.add(stored);
  if (key === agentMainKey(target.agentId)) {
    for (const stored of view.keysLike(agentMainKey(target.agentId))) candidates.add(stored);
  }
  return [...candidates];
}

/** What is stored for a session under any of its keys, the canonical one first. */
export function findUnderAnyKey(view: StoreView, target: SessionTarget): unknown {
  return keyCandidates(view, target)
    .map((key) => view.get(key))
    .find(Boolean);
}

/**
 * Moves a session to its canonical key and drops its other spellings (upstream-2026.2.17 section 4.3).
 * @returns what is stored there then.
 */
export function migrateKey(draft: StoreDraft, target: SessionTarget): unknown {
  const { key } = target;
  const candidates = keyCandidates(draft, target);
  const held = draft.get(key);
  // No other key means this session: nearly always, and then there is nothing to move or to drop.
  if (held && candidates.length === 1 && !isSharedKey(key)) return held;
  if (!held) {
    const spelled = candidates.find((candidate) => Boolean(draft.get(candidate)));
    if (spelled !== undefined) draft.set(key, draft.get(spelled));
  }
  for (const candidate of candidates) {
    for (const stored of [candidate, ...draft.keysLike(candidate)]) if (stored !== key) draft.delete(stored);
  }
  return draft.get(key);
}

/**
 * What is stored for a session as reset and delete look for it: the canonical key and the requested one, then the first
 * stored key that equals either when case does not count, whatever it holds.
 */
export function findUnderOwnKeys(view: StoreView, target: SessionTarget): unknown {
  const own = [target.key, target.requested];
  const exact = own.map((key) => view.get(key)).find(Boolean);
  if (exact !== undefined) return exact;
  const spelled = own.flatMap((key) => view.keysLike(key))[0];
  return spelled === undefined ? undefined : view.get(spelled);
}
