/** Services that carry messages to people outside (upstream 2026.2.17). */
const DELIVERABLE: ReadonlySet<string> = new Set([
  "telegram",
  "whatsapp",
  "discord",
  "irc",
  "googlechat",
  "slack",
  "signal",
  "imessage",
]);

/** The gateway's own clients; what is said there needs no delivery. */
export const INTERNAL_CHANNEL = "webchat";
/** Whichever channel the session answered on last. */
export const LAST_CHANNEL = "last";

/** Whether answers can go there, as far as the name tells. @param channel as `channelId` gives it. */
export const isDeliverable = (channel: string): boolean => DELIVERABLE.has(channel);

/** Whether a request may name this channel. @param channel as `channelId` gives it. */
export const isKnownChannel = (channel: string): boolean =>
  channel === INTERNAL_CHANNEL || channel === LAST_CHANNEL || isDeliverable(channel);
