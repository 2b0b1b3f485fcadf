/** What a group session's display name is made of; all as stored. */
export interface GroupNameParts {
  readonly channel: string;
  readonly groupChannel: string | undefined;
  readonly space: string | undefined;
  readonly subject: string | undefined;
  /** The group's id as the key gives it. */
  readonly id: string | undefined;
  readonly key: string;
}

function slug(raw: string): string {
  return raw
    .trim()
    .toLowerCase()
    .replace(/\s+/g, "-")
    .replace(/[^a-z0-9#@._+-]+/g, "-")
    .replace(/-{2,}/g, "-")
    .replace(/^[-.]+|(?<![-.])[-.]+$/g, "");
}

function shorten(raw: string): string {
  const trimmed = raw.trim();
  return trimmed.length <= 14 ? trimmed : `${trimmed.slice(0, 6)}...${trimmed.slice(-4)}`;
}

function describe(parts: GroupNameParts): string {
  const groupChannel = parts.groupChannel?.trim() ?? "";
  const space = parts.space?.trim() ?? "";
  if (groupChannel !== "" && space !== "") {
    return `${space}${groupChannel.startsWith("#") ? "" : "#"}${groupChannel}`;
  }
  const subject = parts.subject?.trim() ?? "";
  return groupChannel || subject || space || parts.id?.trim() || parts.key;
}

/**
 * The display name of a session whose channel is known: `<channel>:<token>` (upstream-2026.2.17 section 4.4). A name
 * none of whose characters fit a token leaves the channel alone.
 */
export function groupDisplayName(parts: GroupNameParts): string {
  const channel = parts.channel.trim().toLowerCase() || "group";
  const described = describe(parts);
  let token = slug(described) || slug(shorten(described));
  if ((parts.groupChannel ?? "") === "") token = token.replace(/^#+/, "");
  const isMarked = /^[@#]/.test(token) || token.startsWith("g-") || token.includes("#");
  if (token !== "" && !isMarked) token = `g-${token}`;
  return token === "" ? channel : `${channel}:${token}`;
}
