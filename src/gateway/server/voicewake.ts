import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** Words a node listens for when nobody has chosen others. */
const DEFAULT_TRIGGERS = ["openclaw", "claude", "computer"];

/**
 * The words that wake a node, from `settings/voicewake.json` of the state directory; upstream's own when the file is
 * missing, cannot be read or names none.
 */
export async function readVoiceWakeTriggers(stateDir: string): Promise<string[]> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readFile(join(stateDir, "settings", "voicewake.json"), "utf8"));
  } catch {
    return DEFAULT_TRIGGERS;
  }
  const { triggers } = (parsed ?? {}) as { triggers?: unknown };
  const words = (Array.isArray(triggers) ? triggers : []).flatMap((word: unknown) =>
    typeof word === "string" && word.trim() !== "" ? [word.trim()] : [],
  );
  return words.length > 0 ? words : DEFAULT_TRIGGERS;
}
