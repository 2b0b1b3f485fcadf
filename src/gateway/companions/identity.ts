import type { GatewayConfig, IdentitySection } from "../config/types.ts";
import { agentSection } from "../sessions/agents.ts";
import { trimmedOrNone, withoutUndefined } from "../sessions/json.ts";

const MAX_NAME = 50;
const MAX_AVATAR = 200;
const MAX_EMOJI = 16;
const MAX_INITIALS = 4;
const AVATAR_ROUTE = "/avatar";

/** What upstream's template of IDENTITY.md holds where nothing has been filled in. */
const PLACEHOLDERS = new Set([
  "pick something you like",
  "ai? robot? familiar? ghost in the machine? something weirder?",
  "how do you come across? sharp? warm? chaotic? calm?",
  "your signature - pick one that feels right",
  "workspace-relative path, http(s) url, or data uri",
]);

function isPlaceholder(value: string): boolean {
  const bare = value.replace(/^[*_]+|[*_]+$/g, "").trim();
  const inner = bare.startsWith("(") && bare.endsWith(")") ? bare.slice(1, -1).trim() : bare;
  return PLACEHOLDERS.has(
    inner
      .replace(/[\u2013\u2014]/g, "-")
      .replace(/\s+/g, " ")
      .toLowerCase(),
  );
}

/** Reads `- **Name:** value` lines of an IDENTITY.md; the last one of a kind counts. */
export function parseIdentityFile(text: string): IdentitySection {
  const found = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const item = line.trim().replace(/^\s*-\s*/, "");
    const colon = item.indexOf(":");
    if (colon < 0) continue;
    const label = item.slice(0, colon).replace(/[*_]/g, "").trim().toLowerCase();
    const value = item
      .slice(colon + 1)
      .replace(/^[*_]+|[*_]+$/g, "")
      .trim();
    if (value !== "" && !isPlaceholder(value)) found.set(label, value);
  }
  const pick = (label: string) => found.get(label);
  return withoutUndefined({ name: pick("name"), emoji: pick("emoji"), avatar: pick("avatar") });
}

const isUrl = (value: string): boolean => /^(https?:\/\/|data:image\/)/i.test(value);
const isFile = (value: string): boolean =>
  /[\\/]/.test(value) || /\.(png|jpe?g|gif|webp|svg|ico)$/i.test(value);
const cut = (value: unknown, length: number): string | undefined => trimmedOrNone(value)?.slice(0, length);

function asAvatar(candidate: string | undefined): string | undefined {
  const value = candidate?.trim() ?? "";
  if (isUrl(value) || isFile(value)) return value;
  return value !== "" && !/\s/.test(value) && value.length <= MAX_INITIALS ? value : undefined;
}

function asEmoji(candidate: string | undefined): string | undefined {
  const value = candidate?.trim() ?? "";
  const isPlain = Buffer.byteLength(value) === value.length;
  return isPlain || isUrl(value) || isFile(value) ? undefined : value;
}

function firstThat<T>(make: (value: string | undefined) => T | undefined, values: (string | undefined)[]) {
  for (const value of values) {
    const made = make(value);
    if (made !== undefined) return made;
  }
  return undefined;
}

/** Where a browser finds an avatar: a file of the workspace through the gateway, anything else as it is. */
function avatarAddress(config: GatewayConfig, agentId: string, avatar: string): string {
  const base = trimmedOrNone(
    (config.gateway?.controlUi as Record<string, unknown> | undefined)?.["basePath"],
  );
  const path = base === undefined ? "" : `/${base.replace(/^\/|\/$/g, "")}`.replace(/^\/$/, "");
  if (isUrl(avatar) || !isFile(avatar) || avatar.startsWith(`${path}${AVATAR_ROUTE}/`)) return avatar;
  if (avatar.startsWith(`${AVATAR_ROUTE}/`)) return `${path}${avatar}`;
  return `${path}${AVATAR_ROUTE}/${agentId}`;
}

/**
 * Who an agent is to somebody who talks to it (upstream 2026.2.17, `agent.identity.get`): what `ui.assistant` says,
 * else its `identity` in the configuration, else its IDENTITY.md, else "Assistant".
 * @param agentId normalised.
 * @param file what the workspace's IDENTITY.md says.
 */
export function resolveIdentity(
  config: GatewayConfig,
  agentId: string,
  file: IdentitySection,
): { agentId: string; name: string; avatar: string; emoji?: string } {
  const assistant = config.ui?.assistant ?? {};
  const own = agentSection(config, agentId)?.identity ?? {};
  const name = cut(assistant.name, MAX_NAME) ?? cut(own.name, MAX_NAME) ?? cut(file.name, MAX_NAME);
  const avatars = [assistant.avatar, own.avatar, own.emoji, file.avatar, file.emoji];
  const avatar = firstThat(
    asAvatar,
    avatars.map((value) => cut(value, MAX_AVATAR)),
  );
  const emojis = [own.emoji, file.emoji, own.avatar, file.avatar];
  const emoji = firstThat(
    asEmoji,
    emojis.map((value) => cut(value, MAX_EMOJI)),
  );
  return {
    agentId,
    name: name ?? "Assistant",
    avatar: avatarAddress(config, agentId, avatar ?? "A"),
    ...(emoji === undefined ? {} : { emoji }),
  };
}
