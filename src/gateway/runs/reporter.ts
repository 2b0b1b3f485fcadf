import { isSilentReply } from "../chat/inbound-text.ts";
import type { JsonRecord } from "../sessions/json.ts";
import { cutErrorText } from "./error-text.ts";

/**
 * Sends an event to everybody, or to some connections alone. A slow client may lose one that is droppable, which chat
 * events are not unless they are deltas.
 */
export type EventOutlet = (
  event: "agent" | "chat",
  payload: unknown,
  options: { readonly droppable: boolean; readonly to?: ReadonlySet<string> },
) => void;

/** The shortest time between two deltas of a run, in milliseconds. */
const DELTA_INTERVAL_MS = 150;

const assistant = (text: string, timestamp: number): JsonRecord => ({
  role: "assistant",
  content: [{ type: "text", text }],
  timestamp,
});

export interface ReporterOptions {
  readonly runId: string;
  /** Canonical; a run without a session has agent events only. */
  readonly sessionKey: string | undefined;
  readonly outlet: EventOutlet;
  /** Nobody waits for what it says, so it is no chat event; a failure is. */
  readonly isUnasked: boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Tells clients how a run goes (upstream-2026.2.17 sections 6.2 and 6.5): agent events numbered from 1, chat deltas that
 * carry the whole text so far, and at the end exactly one chat event that is final, aborted or error. What comes after
 * it is not told.
 */
export class RunReporter {
  private readonly options: ReporterOptions;
  private readonly recipients = new Set<string>();
  /** As the lifecycle events told them, in milliseconds since 1970. */
  startedAt: number | undefined;
  endedAt: number | undefined;
  private seq = 0;
  private shown = "";
  private buffer = "";
  private deltaAt = Number.NEGATIVE_INFINITY;
  private ended = false;

  constructor(options: ReporterOptions) {
    this.options = options;
  }

  /** What the run has said so far, as the last delta had it or would have had it. */
  get partial(): string {
    return this.buffer;
  }

  get isEnded(): boolean {
    return this.ended;
  }

  /** A connection that wants to see the tools of this run. */
  addToolRecipient(connId: string): void {
    this.recipients.add(connId);
  }

  started(at: number): void {
    this.startedAt = at;
    this.agent("lifecycle", { phase: "start", startedAt: at });
  }

  /** A new answer of the model begins: its text is counted from nothing. */
  turn(): void {
    this.shown = "";
  }

  /** The answer's text so far. */
  text(whole: string): void {
    const text = whole.trimEnd();
    if (this.ended || text === "" || text === this.shown || isSilentReply(text)) return;
    const delta = text.startsWith(this.shown) ? text.slice(this.shown.length) : text;
    this.shown = text;
    this.agent("assistant", { text, delta });
    this.buffer = text;
    const { now, sessionKey, runId, isUnasked } = this.options;
    const at = now();
    const sinceMs = at - this.deltaAt;
    // A clock that was set back must not hold the next delta until it is where it was.
    if (isUnasked || sessionKey === undefined || (sinceMs >= 0 && sinceMs < DELTA_INTERVAL_MS)) return;
    this.deltaAt = at;
    const payload = { runId, sessionKey, seq: this.seq, state: "delta", message: assistant(text, at) };
    this.options.outlet("chat", payload, { droppable: true });
  }

  /** A step of a tool; seen by those who asked for it. */
  tool(data: JsonRecord): void {
    if (this.ended) return;
    this.seq += 1;
    if (this.recipients.size === 0) return;
    const payload = this.agentPayload("tool", data);
    this.options.outlet("agent", payload, { droppable: false, to: this.recipients });
  }

  finished(at: number): void {
    if (this.ended) return;
    this.endedAt = at;
    this.agent("lifecycle", { phase: "end", endedAt: at });
    const text = this.buffer.trim();
    const message =
      text === "" || isSilentReply(text) ? {} : { message: assistant(text, this.options.now()) };
    this.end({ state: "final", ...message });
  }

  /** @param startedAt told only of a run that never came to its model. */
  failed(error: string, at: number, startedAt?: number): void {
    if (this.ended) return;
    this.endedAt = at;
    this.startedAt ??= startedAt;
    const start = startedAt === undefined ? {} : { startedAt };
    const data =
      startedAt === undefined
        ? { phase: "error", error, endedAt: at }
        : { phase: "error", ...start, endedAt: at, error };
    this.agent("lifecycle", data);
    this.end({ state: "error", errorMessage: cutErrorText(error) });
  }

  /**
   * Ends the run at once. No lifecycle event follows.
   * @param sessionKey as the client wrote it when it asked for the run.
   */
  aborted(sessionKey: string, stopReason: string): void {
    if (this.ended) return;
    this.ended = true;
    const { runId, now, outlet } = this.options;
    const partial = this.buffer.trim() === "" ? {} : { message: assistant(this.buffer, now()) };
    const seq = this.seq + 1;
    const payload = { runId, sessionKey, seq, state: "aborted", stopReason, ...partial };
    outlet("chat", payload, { droppable: false });
  }

  /**
   * Ends a run that needed no model, or whose message was answered in another run.
   * @param sessionKey as the client wrote it.
   * @param answeredBy the run that answered, where it was not this one.
   */
  replied(sessionKey: string, message?: JsonRecord, answeredBy?: string): void {
    const told = {
      ...(message === undefined ? {} : { message }),
      ...(answeredBy === undefined ? {} : { answeredBy }),
    };
    this.endWith(sessionKey, { state: "final", ...told });
  }

  /**
   * Ends a run that could not be handled at all.
   * @param sessionKey as the client wrote it.
   */
  refused(sessionKey: string, errorMessage: string): void {
    this.endWith(sessionKey, { state: "error", errorMessage });
  }

  private endWith(sessionKey: string, outcome: JsonRecord): void {
    if (this.ended) return;
    this.ended = true;
    this.seq += 1;
    const { runId, outlet } = this.options;
    outlet("chat", { runId, sessionKey, seq: this.seq, ...outcome }, { droppable: false });
  }

  private end(outcome: JsonRecord): void {
    this.ended = true;
    const { runId, sessionKey, outlet, isUnasked } = this.options;
    if (sessionKey === undefined || (isUnasked && outcome["state"] === "final")) return;
    outlet("chat", { runId, sessionKey, seq: this.seq, ...outcome }, { droppable: false });
  }

  private agent(stream: string, data: JsonRecord): void {
    if (this.ended) return;
    this.seq += 1;
    this.options.outlet("agent", this.agentPayload(stream, data), { droppable: false });
  }

  private agentPayload(stream: string, data: JsonRecord): JsonRecord {
    const { runId, sessionKey, now } = this.options;
    const session = sessionKey === undefined ? {} : { sessionKey };
    return { runId, stream, data, ...session, seq: this.seq, ts: now() };
  }
}
