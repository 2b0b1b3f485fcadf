import { randomUUID } from "node:crypto";
import type { AgentParams } from "../../contract/index.ts";
import { maySend } from "../chat/send-policy.ts";
import type { GatewayConfig } from "../config/types.ts";
import { entryOf } from "../runs/room.ts";
import type { SessionService } from "../sessions-service.ts";
import { agentTurnEntry, continuedEntry } from "../sessions/agent-entry.ts";
import { asEntry, touchedAt } from "../sessions/entry.ts";
import { type JsonRecord, stringOrNone, trimmedOrNone } from "../sessions/json.ts";
import { supportsXhigh, thinkingLevel, thinkingLevelsText, xhighModelsText } from "../sessions/levels.ts";
import { defaultModel, sessionModel } from "../sessions/models.ts";
import { isFresh, resetPolicy } from "../sessions/turn-entry.ts";
import { migrateKey, type SessionTarget } from "../store/target.ts";
import type { ChosenSession } from "./agent-address.ts";

/** How a session stands when its run may begin. */
export interface BegunSession {
  readonly sessionId: string;
  /** Nothing when the run has no session. */
  readonly entry: JsonRecord | undefined;
  /** Why the run fails at once, though it was accepted. */
  readonly fault: string | undefined;
}

const BLOCKED = "send blocked by session policy";

const levelOf = (params: AgentParams): string | undefined =>
  params.thinking === undefined ? undefined : thinkingLevel(params.thinking);

function unknownLevelFault(config: GatewayConfig, params: AgentParams): string | undefined {
  if ((params.thinking ?? "") === "" || levelOf(params) !== undefined) return undefined;
  const { provider, model } = defaultModel(config);
  const levels = thinkingLevelsText(provider, model).replaceAll("|", ", ");
  return `Error: Invalid thinking level. Use one of: ${levels}.`;
}

function tooHighFault(
  config: GatewayConfig,
  agentId: string | undefined,
  entry: JsonRecord | undefined,
  params: AgentParams,
): string | undefined {
  if (levelOf(params) !== "xhigh") return undefined;
  const { provider, model } = sessionModel(entry, defaultModel(config, agentId));
  if (supportsXhigh(provider, model)) return undefined;
  return `Error: Thinking level "xhigh" is only supported for ${xhighModelsText()}.`;
}

const withLevel = (entry: JsonRecord, level: string | undefined): JsonRecord =>
  level === undefined ? entry : { ...entry, thinkingLevel: level };

/** The id under which a session goes on that was named neither by key nor by agent. */
function sessionIdOf(
  sessions: SessionService,
  before: JsonRecord | undefined,
  asked: string | undefined,
): string {
  const channel = stringOrNone(before?.["lastChannel"]) ?? stringOrNone(before?.["channel"]) ?? "";
  const policy = resetPolicy(sessions.config, "direct", channel);
  const known = isFresh(policy, touchedAt(before), sessions.now())
    ? trimmedOrNone(before?.["sessionId"])
    : undefined;
  return asked ?? known ?? randomUUID();
}

/**
 * Writes the entry with which a run begins, the level of thinking it asks for included (upstream 2026.2.17, `agent`).
 * @param target of the chosen session; nothing when it has no key.
 * @returns how the session stands, or why the request is refused before it is accepted.
 */
export async function beginSession(
  sessions: SessionService,
  chosen: ChosenSession,
  target: SessionTarget | undefined,
  params: AgentParams,
): Promise<BegunSession | { readonly refusal: string }> {
  const { config, now } = sessions;
  const unknown = unknownLevelFault(config, params);
  if (target === undefined) {
    const sessionId = chosen.sessionId ?? randomUUID();
    const fault = unknown ?? tooHighFault(config, undefined, undefined, params);
    return { sessionId, entry: undefined, fault };
  }
  const before = entryOf(sessions, target);
  const isBlocked = !maySend(config, target.key, before);
  if (chosen.isNamed && isBlocked) return { refusal: BLOCKED };
  const blocked = isBlocked && params.deliver === true ? `Error: ${BLOCKED}` : undefined;
  const early = unknown ?? blocked;
  if (!chosen.isNamed && early !== undefined) {
    return { sessionId: chosen.sessionId ?? "", entry: before, fault: early };
  }
  const parentOf = (key: string): JsonRecord | undefined => entryOf(sessions, sessions.target(key));
  const entry = await sessions.change(target.path, (draft) => {
    const existing = asEntry(migrateKey(draft, target));
    const begun = chosen.isNamed
      ? agentTurnEntry(config, target, existing, params, parentOf, randomUUID(), now())
      : continuedEntry(existing, sessionIdOf(sessions, existing, chosen.sessionId), now());
    const written = withLevel(begun, levelOf(params));
    draft.set(target.key, written);
    return written;
  });
  const fault = early ?? tooHighFault(config, target.agentId, entry, params);
  return { sessionId: String(entry["sessionId"]), entry, fault };
}
