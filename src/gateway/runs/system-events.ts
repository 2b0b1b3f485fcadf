import { datePartsAt } from "../chat/date-parts.ts";

/** Words that wait for a session at most; the oldest go first. */
const MOST = 20;

interface SystemEvent {
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** `2026-11-21 03:33:19 UTC`. */
function stampOf(at: number, timeZone: string | undefined): string {
  const part = datePartsAt(at, {
    ...(timeZone === undefined ? {} : { timeZone }),
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short",
  });
  const date = `${part("year")}-${part("month")}-${part("day")}`;
  return `${date} ${part("hour")}:${part("minute")}:${part("second")} ${part("timeZoneName")}`;
}

/** What an agent need not be told: it is told it anyway. */
function isNoise(text: string): boolean {
  const lower = text.toLowerCase();
  return (
    lower.startsWith("read heartbeat.md") ||
    ["reason periodic", "heartbeat poll", "heartbeat wake"].some((words) => lower.includes(words))
  );
}

/** Words for sessions that wait for their next prompt; kept in memory, by canonical key. */
export class SystemEvents {
  private readonly queues = new Map<string, SystemEvent[]>();
  private readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  /** Adds words; the same words twice in a row count once. @returns false for blank ones. */
  add(key: string, words: string): boolean {
    const text = words.trim();
    if (text === "") return false;
    const queue = this.queues.get(key) ?? [];
    this.queues.set(key, queue);
    if (queue.at(-1)?.text !== text) queue.push({ text, at: this.now() });
    if (queue.length > MOST) queue.shift();
    return true;
  }

  /** What waits for a session, oldest first. */
  waitingFor(key: string): string[] {
    return (this.queues.get(key) ?? []).map(({ text }) => text);
  }

  /** Puts what waits for a session before a prompt, a line each, and forgets it. @param timeZone the machine's when absent. */
  before(key: string, prompt: string, timeZone?: string): string {
    const lines = (this.queues.get(key) ?? [])
      .filter(({ text }) => !isNoise(text))
      .map(({ text, at }) => `System: [${stampOf(at, timeZone)}] ${text}`);
    this.queues.delete(key);
    return lines.length === 0 ? prompt : `${lines.join("\n")}\n\n${prompt}`;
  }
}
