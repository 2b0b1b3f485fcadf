import path from "node:path";
import type { ImageBlock } from "../chat/attachments.ts";
import { describeThrown } from "../errors.ts";
import { agentSection } from "../sessions/agents.ts";
import { type JsonRecord, isRecord, stringOrNone, trimmedOrNone } from "../sessions/json.ts";
import { defaultModel, type ModelRef, sessionModel } from "../sessions/models.ts";
import { asEntry } from "../sessions/entry.ts";
import { accountedEntry } from "../sessions/turn-entry.ts";
import type { SessionTarget } from "../store/target.ts";
import type { ActiveRun } from "./active-runs.ts";
import { type AgentOutcome, type AgentTurn, runAgent } from "./agent-loop.ts";
import { answeredBefore } from "./answered-by.ts";
import { firstReachable, type ModelConnection } from "./connection.ts";
import { entryOf, type RunRoom, transcriptFile, workspaceOf } from "./room.ts";
import { RunTranscript } from "./run-transcript.ts";
import { describeSession } from "./status-text.ts";

/** What one run is to do. */
export interface RunOrder {
  readonly run: ActiveRun;
  readonly target: SessionTarget;
  readonly sessionId: string;
  readonly prompt: string;
  readonly images: readonly ImageBlock[];
  /** For this run alone. */
  readonly thinking: string | undefined;
  readonly extraSystemPrompt?: string | undefined;
  /** For this run alone, in place of the session's. */
  readonly model?: ModelRef | undefined;
  /** Whether what was said stays in a transcript that was there before; absent keeps it, as it is said. */
  readonly isKept?: ((outcome: AgentOutcome) => boolean) | undefined;
  /** Who really speaks, where it is not the user. */
  readonly provenance?: JsonRecord | undefined;
  /** Milliseconds; nothing when the configuration decides. */
  readonly timeoutMs?: number | undefined;
  /** Members that the entry of the session has when the run begins, and when it has ended. */
  readonly marks: { readonly begun: JsonRecord; readonly ended: JsonRecord };
  /** Whether the entry says afterwards what the system prompt was made of. */
  readonly reportsPrompt: boolean;
  /** Whether the session is in the store; a run by session id alone may have none. */
  readonly isStored: boolean;
}

/** How a run ended, and on which model. */
export interface RunResult extends AgentOutcome {
  readonly model: ModelRef;
  /** Whether no model could be asked at all. */
  readonly neverStarted: boolean;
}

/** This gateway has no skills; what upstream wrote of its own stays. */
const NO_SKILLS = { prompt: "", skills: [] };
const NOTHING_SPENT = { input: 0, output: 0, cacheRead: 0, total: 0 };
const DEFAULT_TIMEOUT_SECONDS = 600;
const LONGEST_TIMEOUT_MS = 2_147_000_000;
const TIMED_OUT = "LLM request timed out.";

function modelsFor(room: RunRoom, target: SessionTarget, entry: JsonRecord | undefined): ModelRef[] {
  const { config } = room.sessions;
  const fallback = defaultModel(config, target.agentId);
  const setting = agentSection(config, target.agentId)?.model ?? config.agents?.defaults?.model;
  const named = isRecord(setting) && Array.isArray(setting.fallbacks) ? setting.fallbacks : [];
  const refs = named.flatMap((name: unknown): ModelRef[] => {
    const [provider, ...rest] = typeof name === "string" ? name.split("/") : [];
    return provider === undefined || rest.length === 0 ? [] : [{ provider, model: rest.join("/") }];
  });
  return [sessionModel(entry, fallback), ...refs, fallback];
}

function timeoutOf(room: RunRoom, order: RunOrder): number {
  const { timeoutMs } = order;
  if (timeoutMs === 0) return LONGEST_TIMEOUT_MS;
  const stated = room.sessions.config.agents?.defaults?.["timeoutSeconds"];
  const seconds = typeof stated === "number" && stated >= 1 ? Math.floor(stated) : DEFAULT_TIMEOUT_SECONDS;
  return Math.min(timeoutMs ?? seconds * 1000, LONGEST_TIMEOUT_MS);
}

/** The level a run thinks at: its own, the session's, the configured one, else little where the model can think at all. */
function thinkingOf(room: RunRoom, order: RunOrder, entry: JsonRecord | undefined, reasons: boolean): string {
  if (!reasons) return "off";
  const configured = room.sessions.config.agents?.defaults?.thinkingDefault;
  return order.thinking ?? stringOrNone(entry?.["thinkingLevel"]) ?? configured ?? "low";
}

function effortOf(level: string): "minimal" | "low" | "medium" | "high" | undefined {
  if (level === "minimal" || level === "low" || level === "medium" || level === "high") return level;
  return level === "xhigh" ? "high" : undefined;
}

async function mark(
  room: RunRoom,
  order: RunOrder,
  change: (entry: JsonRecord) => JsonRecord,
): Promise<void> {
  if (!order.isStored) return;
  const { key, path: file } = order.target;
  await room.sessions.change(file, (draft) => {
    const entry = asEntry(draft.get(key));
    // A session that was reset or deleted meanwhile is another one.
    if (entry !== undefined && entry["sessionId"] === order.sessionId) draft.set(key, change(entry));
  });
}

/** What the system prompt was made of, in the words of upstream's own report. */
function reportPrompt(
  room: RunRoom,
  order: RunOrder,
  { provider, model }: ModelConnection,
  systemPrompt: string,
): JsonRecord {
  const { target, sessionId } = order;
  const chars = systemPrompt.length;
  return {
    source: "run",
    generatedAt: room.now(),
    sessionId,
    sessionKey: target.key,
    provider,
    model,
    workspaceDir: workspaceOf(room.sessions, target.agentId),
    sandbox: { mode: "off", sandboxed: false },
    systemPrompt: { chars, projectContextChars: 0, nonProjectContextChars: chars },
    injectedWorkspaceFiles: [],
    skills: { promptChars: 0, entries: [] },
    tools: { listChars: 0, schemaChars: 0, entries: [] },
  };
}

async function account(
  room: RunRoom,
  order: RunOrder,
  connection: ModelConnection,
  outcome: AgentOutcome,
  systemPrompt: string,
  messages: readonly JsonRecord[],
): Promise<void> {
  const { config } = room.sessions;
  const { provider, model, contextWindow } = connection;
  const own = { provider, model, contextTokens: config.agents?.defaults?.contextTokens ?? contextWindow };
  const { spent, last } = outcome;
  const tokens =
    last === undefined
      ? undefined
      : { input: spent.input, output: spent.output, prompt: last.input + last.cacheRead + last.cacheWrite };
  const before = (entry: JsonRecord) =>
    outcome.status === "aborted" ? answeredBefore(config, messages, entry["contextTokens"]) : undefined;
  await mark(room, order, (entry) => ({
    ...accountedEntry(entry, { ...own, ...before(entry), tokens }, room.now()),
    ...order.marks.ended,
    ...(order.reportsPrompt
      ? { systemPromptReport: reportPrompt(room, order, connection, systemPrompt) }
      : {}),
  }));
}

function systemPromptOf(room: RunRoom, order: RunOrder, workspace: string): string {
  const lines = [
    "You are a personal assistant that answers through a gateway.",
    `Your workspace is ${workspace}. The tool "read" reads its files; "session_status" tells how this session stands.`,
    "When there is nothing to say, answer with NO_REPLY alone.",
    `Agent: ${order.target.agentId}. Now: ${new Date(room.now()).toISOString()}.`,
  ];
  if (order.extraSystemPrompt !== undefined) lines.push(order.extraSystemPrompt);
  return lines.join("\n");
}

function settle(room: RunRoom, order: RunOrder, outcome: AgentOutcome): void {
  const { runId, reporter } = order.run;
  const status = outcome.status === "aborted" ? "timeout" : outcome.status;
  const { startedAt, endedAt = room.now() } = reporter;
  const start = startedAt === undefined ? {} : { startedAt };
  const error = outcome.error === undefined ? {} : { error: outcome.error };
  room.jobs.settle(runId, { status, ...start, endedAt, ...error });
}

/** Ends a run before any model was asked. */
function neverStart(
  room: RunRoom,
  order: RunOrder,
  model: ModelRef,
  ended: Pick<AgentOutcome, "status" | "error">,
): RunResult {
  const outcome = { ...ended, text: "", spent: NOTHING_SPENT, last: undefined };
  settle(room, order, outcome);
  return { ...outcome, model, neverStarted: true };
}

/** Asks the model until the run has ended. @throws as {@link runAgent} does. */
function converse(
  room: RunRoom,
  order: RunOrder,
  turn: Pick<AgentTurn, "connection" | "transcript" | "systemPrompt">,
  thinking: string,
): Promise<AgentOutcome> {
  const { run, target, sessionId, prompt, images, provenance } = order;
  const { client, limits, now } = room;
  return runAgent({
    ...turn,
    runId: run.runId,
    sessionId,
    reporter: run.reporter,
    steering: run.steering,
    client,
    prompt,
    images,
    provenance,
    reasoningEffort: effortOf(thinking),
    tools: {
      workspace: workspaceOf(room.sessions, target.agentId),
      describeSession: () => describeSession(room, target),
    },
    maxTurns: limits.maxTurns,
    signal: run.controller.signal,
    now,
  });
}

/** Accounts for a run that has ended and lets whoever waits for it know. */
async function conclude(
  room: RunRoom,
  order: RunOrder,
  { connection, transcript, systemPrompt }: Pick<AgentTurn, "connection" | "transcript" | "systemPrompt">,
  outcome: AgentOutcome,
): Promise<void> {
  const { runId, reporter, controller } = order.run;
  // Whoever aborts a run tells clients himself; a run that took too long has nobody else to do it.
  if (outcome.status === "aborted") reporter.failed(TIMED_OUT, room.now());
  // A session that is being reset or deleted is not to change any more.
  if (controller.signal.reason !== "reset") {
    await account(room, order, connection, outcome, systemPrompt, transcript.messages).catch(
      (error: unknown) => {
        room.logger.error({ runId, error: describeThrown(error) }, "a run could not be accounted for");
      },
    );
  }
  settle(room, order, outcome);
}

/** The order as its session stands now: one that started over while the run waited has another id and transcript. */
function brought(room: RunRoom, order: RunOrder): RunOrder {
  const entry = order.isStored ? entryOf(room.sessions, order.target) : undefined;
  return { ...order, sessionId: trimmedOrNone(entry?.["sessionId"]) ?? order.sessionId };
}

/**
 * Runs an agent for a session: chooses its model, continues its transcript, reports to clients, and accounts for it in
 * the session's entry.
 * @throws when the transcript or the store cannot be used; clients have been told nothing then.
 */
export async function executeRun(room: RunRoom, asked: RunOrder): Promise<RunResult> {
  const order = brought(room, asked);
  const { run, target, sessionId } = order;
  const { reporter, controller } = run;
  const { sessions, now } = room;
  const configured = modelsFor(room, target, order.isStored ? entryOf(sessions, target) : undefined);
  const models = order.model === undefined ? configured : [order.model, ...configured.slice(1)];
  const fallback = models[0] ?? defaultModel(sessions.config);
  if (controller.signal.aborted) return neverStart(room, order, fallback, { status: "aborted" });
  const entry = order.isStored ? entryOf(sessions, target) : { sessionId };
  const file = transcriptFile(sessions, target, entry);
  run.startedAt = now();
  await mark(room, order, (found) => ({ skillsSnapshot: NO_SKILLS, ...found, ...order.marks.begun }));
  const agentDir = path.join(sessions.places.stateDir, "agents", target.agentId, "agent");
  const connection = firstReachable(sessions.config, room.env, models, agentDir);
  if ("reason" in connection) {
    const error = `FailoverError: ${connection.reason}`;
    reporter.failed(error, now(), run.startedAt);
    return neverStart(room, order, fallback, { status: "error", error });
  }
  const workspace = workspaceOf(sessions, target.agentId);
  const made = { sessionId, cwd: workspace, mode: 0o644 };
  const thinking = thinkingOf(room, order, entry, connection.reasons);
  const transcript = await RunTranscript.open(
    room.writer,
    file,
    made,
    connection,
    thinking,
    now(),
    order.isKept !== undefined,
  );
  const turn = { connection, transcript, systemPrompt: systemPromptOf(room, order, workspace) };
  const timer = setTimeout(() => controller.abort("timeout"), timeoutOf(room, order));
  let isHeard = false;
  try {
    const outcome = await converse(room, order, turn, thinking);
    if (order.isKept !== undefined && (transcript.isNew || order.isKept(outcome))) await transcript.keep();
    isHeard = outcome.status !== "error";
    await conclude(room, order, turn, outcome);
    return { ...outcome, model: connection, neverStarted: false };
  } finally {
    clearTimeout(timer);
    // What was said to a run that is being stopped is stopped with it.
    for (const { unheard } of run.steering.close()) if (!isHeard) unheard();
  }
}
