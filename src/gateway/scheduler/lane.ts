import { cutText } from "../sessions/cut-text.ts";
import type { DropPolicy, Notes, QueueMode, Turn } from "./types.ts";

/** Turns that one run will answer. */
export interface Batch<T extends Turn> {
  readonly route: string | undefined;
  readonly turns: T[];
  /** Whether it goes before those that came earlier. */
  readonly isFirst: boolean;
  /** When it may run, in milliseconds since 1970. */
  readyAt: number;
  /** However many join, it runs then at the latest. */
  readonly latestAt: number;
}

/** One session's turns. It exists only while something runs or waits. */
export interface Lane<T extends Turn> {
  active: boolean;
  readonly batches: Batch<T>[];
  /** As of the turn that arrived last. */
  mode: QueueMode;
  dropped: { readonly count: number; readonly lines: readonly string[]; readonly carrier: T } | undefined;
}

/** A batch that is joined again and again waits for so many quiet times at most. */
const MOST_QUIETS = 10;
const LINE_UNITS = 160;

export const emptyLane = <T extends Turn>(): Lane<T> => ({
  active: false,
  batches: [],
  mode: "collect",
  dropped: undefined,
});

/** How many turns wait in a lane. */
export const waitingIn = <T extends Turn>(lane: Lane<T>): number =>
  lane.batches.reduce((sum, { turns }) => sum + turns.length, 0);

/** A batch of one turn, which wants quiet from `now` on, unless it goes first. */
export function openBatch<T extends Turn>(
  turn: T,
  debounceMs: number,
  now: number,
  isFirst = false,
): Batch<T> {
  const quietMs = isFirst ? 0 : debounceMs;
  const latestAt = now + MOST_QUIETS * quietMs;
  return { route: turn.route, turns: [turn], isFirst, readyAt: now + quietMs, latestAt };
}

/** Lets a turn share the run of a batch, which wants quiet again, within bounds. */
export function joinBatch<T extends Turn>(batch: Batch<T>, turn: T, debounceMs: number, now: number): void {
  batch.turns.push(turn);
  batch.readyAt = Math.max(batch.readyAt, Math.min(now + debounceMs, batch.latestAt));
}

/** Takes a turn out of what waits. @returns the turn, if it waits there. */
export function takeOut<T extends Turn>(lane: Lane<T>, isMeant: (turn: T) => boolean): T | undefined {
  for (const [at, { turns }] of lane.batches.entries()) {
    const index = turns.findIndex(isMeant);
    if (index < 0) continue;
    const [turn] = turns.splice(index, 1);
    if (turns.length === 0) lane.batches.splice(at, 1);
    return turn;
  }
  return undefined;
}

/** Takes out the turn that came first; of those that go first only when there is no other. */
export function takeOldest<T extends Turn>(lane: Lane<T>, keep: T | undefined): T | undefined {
  const ahead = new Set(lane.batches.flatMap(({ isFirst, turns }) => (isFirst ? turns : [])));
  return takeOut(lane, (one) => one !== keep && !ahead.has(one)) ?? takeOut(lane, (one) => one !== keep);
}

/** One line of a text, cut as upstream cuts it. */
function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > LINE_UNITS ? `${cutText(line, LINE_UNITS - 1).trimEnd()}…` : line;
}

/** Remembers a line of a turn that was dropped; of many, the newest `most`. */
export function noteDropped<T extends Turn>(lane: Lane<T>, turn: T, drop: DropPolicy, most: number): void {
  if (drop !== "summarize" || turn.line === undefined) return;
  const lines = [...(lane.dropped?.lines ?? []), oneLine(turn.line)].slice(-most);
  lane.dropped = { count: (lane.dropped?.count ?? 0) + 1, lines, carrier: turn };
}

/** What was dropped, to be told once. */
export function takeNotes<T extends Turn>(lane: Lane<T>): Notes | undefined {
  if (lane.dropped === undefined) return undefined;
  const { count, lines } = lane.dropped;
  lane.dropped = undefined;
  return { count, lines };
}
