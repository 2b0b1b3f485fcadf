const STOP_WORDS = new Set(["/stop", "stop", "esc", "abort", "wait", "exit", "interrupt"]);

/**
 * A message as the gateway takes it: NFC, without control characters other than tab and line ends
 * (upstream-2026.2.17 section 2.16).
 * @returns the text, or why it is refused.
 */
export function cleanInbound(raw: string): { text: string } | { refusal: string } {
  const normalized = raw.normalize("NFC");
  if (normalized.includes("\u0000")) return { refusal: "message must not contain null bytes" };
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  return { text: normalized.replaceAll(/[\u0001-\u0008\u000B\u000C\u000E-\u001F\u007F]/g, "") };
}

/** Whether a message is a command to stop rather than something to say; such words never reach the model. */
export function isStopText(text: string): boolean {
  return STOP_WORDS.has(text.trim().toLowerCase());
}

/** One line of single blanks: line ends of the user don't reach the model (upstream-2026.2.17 section 6.3). */
export function onOneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}

/** Whether an answer says that there is nothing to say: `NO_REPLY` at its beginning or end. */
export function isSilentReply(text: string): boolean {
  return /^\s*NO_REPLY(?=$|\W)/.test(text) || /\bNO_REPLY\b\W*$/.test(text);
}
