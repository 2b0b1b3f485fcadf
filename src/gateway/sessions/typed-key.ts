import { normalizeAgentId } from "./agents.ts";
import { isSharedKey, parseAgentKey } from "./key.ts";

export type SessionKind =
  | "main"
  | "direct"
  | "group"
  | "channel"
  | "cron"
  | "hook"
  | "node"
  | "subagent"
  | "acp"
  | "global"
  | "unknown"
  | "other";

/** What a canonical session key says. */
export interface TypedKey {
  readonly kind: SessionKind;
  readonly agentId: string;
  readonly channel?: string;
  readonly accountId?: string;
  /** The peer, group, job, hook, node or run the session belongs to. */
  readonly scopeId?: string;
  readonly threadId?: string;
}

const PEER_KINDS: ReadonlyMap<string, SessionKind> = new Map([
  ["direct", "direct"],
  ["dm", "direct"],
  ["group", "group"],
  ["channel", "channel"],
]);
const NAMED_KINDS: ReadonlyMap<string, SessionKind> = new Map([
  ["cron", "cron"],
  ["hook", "hook"],
  ["node", "node"],
  ["subagent", "subagent"],
  ["acp", "acp"],
]);
const THREAD_MARKERS = new Set(["thread", "topic"]);

/** Where the thread's marker stands; the last one counts, and it needs something on both sides. */
function threadAt(parts: readonly string[]): number {
  const at = parts.findLastIndex((part) => THREAD_MARKERS.has(part));
  return at > 0 && at < parts.length - 1 ? at : -1;
}

/** `[channel[:account]:]<direct|dm|group|channel>:<id>`. */
function readPeer(parts: readonly string[]): Omit<TypedKey, "agentId"> | undefined {
  const [first, second] = parts;
  // The kind is looked for from the right end of what may precede it, so that a channel named `group` is no kind.
  for (const at of [1, 2, 0]) {
    const kind = PEER_KINDS.get(parts[at] ?? "");
    if (kind === undefined || at >= parts.length - 1) continue;
    return {
      kind,
      scopeId: parts.slice(at + 1).join(":"),
      ...(at >= 1 && first !== undefined ? { channel: first } : {}),
      ...(at === 2 && second !== undefined ? { accountId: second } : {}),
    };
  }
  return undefined;
}

function readRest(parts: readonly string[]): Omit<TypedKey, "agentId"> {
  const head = parts[0] ?? "";
  if (head === "main" && parts.length === 1) return { kind: "main" };
  const named = NAMED_KINDS.get(head);
  if (named !== undefined && parts.length > 1) return { kind: named, scopeId: parts.slice(1).join(":") };
  if (head.startsWith("node-") && parts.length === 1)
    return { kind: "node", scopeId: head.slice("node-".length) };
  return readPeer(parts) ?? { kind: "other", scopeId: parts.join(":") };
}

/**
 * Reads a canonical key into its parts (docs/session-rpcs.md section 2). Case never changes the kind. Never throws; a key without a
 * readable agent belongs to `fallbackAgentId`.
 */
export function parseSessionKey(key: string, fallbackAgentId = "main"): TypedKey {
  const lowered = key.trim().toLowerCase();
  const fallback = normalizeAgentId(fallbackAgentId);
  if (isSharedKey(lowered)) return { kind: lowered === "global" ? "global" : "unknown", agentId: fallback };
  const parsed = parseAgentKey(lowered);
  const agentId = parsed === undefined ? fallback : normalizeAgentId(parsed.agentId);
  const parts = (parsed?.rest ?? lowered).split(":").filter((part) => part !== "");
  const thread = threadAt(parts);
  if (thread < 0) return { agentId, ...readRest(parts) };
  return { agentId, ...readRest(parts.slice(0, thread)), threadId: parts.slice(thread + 1).join(":") };
}
