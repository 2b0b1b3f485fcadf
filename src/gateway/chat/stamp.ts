import { datePartsAt } from "./date-parts.ts";

const STAMPED = /^\[.*\d{4}-\d{2}-\d{2} \d{2}:\d{2}/;
const TIME_TOLD = "Current time: ";

/** A time zone that the platform knows, else that of the machine. */
export function userTimeZone(configured: unknown): string {
  const named = typeof configured === "string" ? configured.trim() : "";
  const local = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (named === "") return local;
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: named }).resolvedOptions().timeZone;
  } catch {
    return local;
  }
}

/** `Fri 2026-11-20 16:14 UTC`. */
function stampOf(at: number, timeZone: string): string {
  const part = datePartsAt(at, {
    timeZone,
    weekday: "short",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short",
  });
  const date = `${part("year")}-${part("month")}-${part("day")}`;
  return `${part("weekday")} ${date} ${part("hour")}:${part("minute")} ${part("timeZoneName")}`;
}

/**
 * Tells the model when a message came, unless the message says a time itself (upstream-2026.2.17 section 6.3).
 * @param at milliseconds since 1970.
 * @param sent the message as it was sent, where `text` is what is left of it: blanks before a time hide that time.
 */
export function stampMessage(text: string, at: number, timeZone: string, sent = text): string {
  if (text.trim() === "" || STAMPED.test(sent) || sent.includes(TIME_TOLD)) return text;
  return `[${stampOf(at, timeZone)}] ${text}`;
}

/** What the model is told of a message beside its text; the client's words, so not to be trusted. */
export function conversationInfo(messageId: string, sender: string | undefined): string {
  const info = { message_id: messageId, ...(sender === undefined ? {} : { sender }) };
  return `Conversation info (untrusted metadata):\n\`\`\`json\n${JSON.stringify(info, null, 2)}\n\`\`\``;
}
