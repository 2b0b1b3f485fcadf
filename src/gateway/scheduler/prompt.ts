import type { Notes } from "./types.ts";

const TITLE = "[Queued messages while agent was busy]";

function notesText({ count, lines }: Notes): string {
  const head = `[Queue overflow] Dropped ${count} message${count === 1 ? "" : "s"} due to cap.`;
  return lines.length === 0 ? head : [head, "Summary:", ...lines.map((line) => `- ${line}`)].join("\n");
}

/** The prompt of messages that are answered together, after what was dropped before them (upstream-2026.2.17 section 6.4). */
export function joinedPrompt(prompts: readonly string[], notes: Notes | undefined): string {
  const [only = ""] = prompts;
  if (prompts.length <= 1) return notes === undefined ? only : `${notesText(notes)}\n\n${only}`;
  const numbered = prompts.map((prompt, at) => `---\nQueued #${at + 1}\n${prompt}`);
  return [TITLE, ...(notes === undefined ? [] : [notesText(notes)]), ...numbered].join("\n\n");
}

/** The prompt of a run that only says what was dropped. */
export const notesPrompt = (notes: Notes, title: boolean): string =>
  title ? `${TITLE}\n\n${notesText(notes)}` : notesText(notes);
