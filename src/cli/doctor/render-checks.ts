import type { Check, CheckState } from "../../harness/doctor/index.ts";
import { shellWord } from "../../harness/judge/repeat-command.ts";
import type { Paint, Style } from "../../harness/report/paint.ts";

const TONES: Readonly<Record<CheckState, Style>> = { ok: "green", warn: "yellow", fail: "red", skip: "dim" };

/** Exit code of what was found: 3 when the gateway was never asked, 1 when something is wrong, else 0. */
export function exitOf(checks: readonly Check[]): 0 | 1 | 3 {
  if (!checks.some(({ state }) => state === "fail")) return 0;
  const unreached = checks.some(
    ({ name, state }) => state === "fail" && ["reach", "launch", "upgrade"].includes(name),
  );
  return unreached ? 3 : 1;
}

function conclusion(checks: readonly Check[], word: string | undefined): string {
  const failed = checks.filter(({ state }) => state === "fail");
  const setUp = failed.filter(({ about }) => about === "set-up");
  const names = (of: readonly Check[]): string => [...new Set(of.map(({ name }) => name))].join(", ");
  if (failed.length === 0) return `READY  npx lockstep run${word === undefined ? "" : ` ${shellWord(word)}`}`;
  if (setUp.length > 0) return `SET-UP  mend this first: ${names(setUp)}`;
  return `GATEWAY  the set-up is fine; the gateway has to change: ${names(failed)}`;
}

/**
 * The checks, one a line, advice below what needs it, and what follows from them.
 * @param options.word the target as it was typed; nothing when the configuration named it.
 */
export function renderChecks(
  checks: readonly Check[],
  options: { readonly target: string; readonly word: string | undefined; readonly paint: Paint },
): string {
  const { target, word, paint } = options;
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.map(({ name, state, message, advice }) => {
    const more = (advice ?? "")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => `\n${" ".repeat(width + 8)}${line}`)
      .join("");
    return `${paint(TONES[state], state.padEnd(4))}  ${name.padEnd(width)}  ${message}${more}`;
  });
  return `target  ${target}\n\n${lines.join("\n")}\n\n${conclusion(checks, word)}\n`;
}
