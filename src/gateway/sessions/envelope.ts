const PREFIX = /^\[([^\]]+)\]\s*/;
const CHANNEL_NAMES = [
  "WebChat",
  "WhatsApp",
  "Telegram",
  "Signal",
  "Slack",
  "Discord",
  "Google Chat",
  "iMessage",
  "Teams",
  "Matrix",
  "Zalo",
  "Zalo Personal",
  "BlueBubbles",
];

function isEnvelopeHeader(header: string): boolean {
  if (/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}Z\b/.test(header) || /\d{4}-\d{2}-\d{2} \d{2}:\d{2}\b/.test(header))
    return true;
  return CHANNEL_NAMES.some((name) => header.startsWith(`${name} `));
}

/** A user's text without the one bracketed header that a channel put before it (upstream-2026.2.17 section 4.5). */
export function stripEnvelope(text: string): string {
  const match = PREFIX.exec(text);
  if (match === null || !isEnvelopeHeader(match[1] ?? "")) return text;
  return text.slice(match[0].length);
}
