import { pino } from "pino";
import { isRecord } from "../sessions/json.ts";

/** The part of the program that a line names, in the form in which clients take it apart. */
const NAME = JSON.stringify({ subsystem: "gateway" });
const OWN = new Set(["level", "time", "msg"]);

function written(value: unknown): string {
  return typeof value === "string" && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
}

/** What happened and with what, as a reader sees it: `request method=health code=ok`. */
function sentence(line: Readonly<Record<string, unknown>>): string {
  const details = Object.entries(line).filter(([name]) => !OWN.has(name));
  const message = typeof line["msg"] === "string" && line["msg"] !== "" ? [line["msg"]] : [];
  return [...message, ...details.map(([name, value]) => `${name}=${written(value)}`)].join(" ");
}

/**
 * Adds to a line of the log what `openclaw logs` and the Control UI show of one: `time` in ISO 8601, the level's name,
 * the part of the program and the text, the members `1` and `_meta`. To be given lines that are redacted already, since
 * the text repeats their members. There is no member `0`: both clients take the part from `_meta.name` then, and with
 * it one of them shows that part a second time inside the text.
 * @param line JSON with the members of pino, and a line end; a line that is none comes back as it is.
 */
export function clientLogLine(line: string): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return line;
  }
  if (!isRecord(parsed)) return line;
  const { time, level } = parsed;
  const at = new Date(typeof time === "number" ? time : Number.NaN);
  if (typeof level !== "number" || Number.isNaN(at.getTime())) return line;
  const date = at.toISOString();
  const logLevelName = (pino.levels.labels[level] ?? "info").toUpperCase();
  const shown = { "1": sentence(parsed), ...parsed, time: date };
  return `${JSON.stringify({ ...shown, _meta: { name: NAME, date, logLevelName } })}\n`;
}
