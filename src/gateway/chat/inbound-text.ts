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

const CURRENT_MESSAGE = "[Current message - respond to this]";

/** Takes out notes in brackets, with the blanks behind them. Where no bracket closes any more, none is looked for. */
function withoutNotes(text: string): string {
  const behind = text.slice(text.lastIndexOf("]") + 1).trimStart();
  const notes = text.slice(0, text.length - behind.length);
  return notes.replaceAll(/\[[^\]]+\]\s*/g, "") + behind;
}

/**
 * The words of a message that may be a command: without what clients put before what the user typed, which is notes in
 * brackets, anywhere, and a speaker's name with a colon at the beginning of a line. What stands before the mark of the
 * current message is history.
 */
export function commandWords(text: string): string {
  const mark = text.indexOf(CURRENT_MESSAGE);
  const current = mark < 0 ? text : text.slice(mark + CURRENT_MESSAGE.length).trimStart();
  // A tab ends what may stand before a name, so that no blank can be read in two ways: a line costs its length once.
  const bare = withoutNotes(current).replaceAll(/^(?: *\t)*[\w+(). -]+:\s*/gm, "");
  // Some clients send a line end as the two characters that stand for one.
  return onOneLine(bare.replaceAll("\\n", " "));
}

/** Whether a message asks to stop behind what clients put before it; a colon may stand behind the command. */
export function isStopRequest(text: string): boolean {
  return isStopText(commandWords(text).replace(/^(\/stop)\s*:$/i, "$1"));
}
