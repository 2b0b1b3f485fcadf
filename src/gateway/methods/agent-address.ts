import type { AgentParams } from "../../contract/index.ts";
import { recipientOf } from "../runs/delivery.ts";
import type { SessionService } from "../sessions-service.ts";
import { defaultAgentId, normalizeAgentId } from "../sessions/agents.ts";
import { isKnownChannel } from "../sessions/channels.ts";
import { channelId } from "../sessions/delivery.ts";
import { trimmedOrNone } from "../sessions/json.ts";
import { agentMainKey, parseAgentKey } from "../sessions/key.ts";

/** The session a run is for; a run by session id alone may have no key. */
export interface ChosenSession {
  readonly key: string | undefined;
  readonly sessionId: string | undefined;
  /** Whether the request names the key or the agent. */
  readonly isNamed: boolean;
}

/** What is wrong with who is asked, before anything is looked up; nothing when it may be tried. */
export function addressFault(sessions: SessionService, params: AgentParams): string | undefined {
  for (const hint of [params.channel, params.replyChannel]) {
    const channel = channelId(hint);
    if (channel !== undefined && !isKnownChannel(channel)) return `unknown channel: ${channel}`;
  }
  const agentId = trimmedOrNone(params.agentId);
  const key = trimmedOrNone(params.sessionKey);
  if (agentId !== undefined && !sessions.agents().includes(normalizeAgentId(agentId))) {
    return `unknown agent id "${params.agentId}"`;
  }
  if (key === undefined) return undefined;
  const parsed = parseAgentKey(key);
  if (key.toLowerCase().startsWith("agent:") && parsed === undefined) {
    return `malformed session key "${key}"`;
  }
  const owner = normalizeAgentId(parsed?.agentId ?? defaultAgentId({}));
  if (agentId !== undefined && owner !== normalizeAgentId(agentId)) {
    return `agent "${params.agentId}" does not match session key agent "${owner}"`;
  }
  return undefined;
}

function keyOfSessionId(sessions: SessionService, sessionId: string): string | undefined {
  for (const [key, { entry }] of sessions.mentioning(sessionId))
    if (entry["sessionId"] === sessionId) return key;
  return undefined;
}

/**
 * The session a run is for: by key, by agent, by id, or the main one when only a recipient is named.
 * @returns nothing when the request gives no hint.
 */
export function chooseSession(sessions: SessionService, params: AgentParams): ChosenSession | undefined {
  const sessionKey = trimmedOrNone(params.sessionKey);
  const agentId = trimmedOrNone(params.agentId);
  const sessionId = trimmedOrNone(params.sessionId);
  if (sessionKey !== undefined) return { key: sessionKey, sessionId, isNamed: true };
  if (agentId !== undefined) {
    const key = sessions.config.session?.scope === "global" ? "global" : agentMainKey(agentId);
    return { key, sessionId, isNamed: true };
  }
  const main = recipientOf(params) === undefined ? undefined : "main";
  if (sessionId !== undefined) {
    return { key: keyOfSessionId(sessions, sessionId) ?? main, sessionId, isNamed: false };
  }
  return main === undefined ? undefined : { key: main, sessionId: undefined, isNamed: false };
}
