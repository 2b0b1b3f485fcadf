import type { ChatCompletionMessageParam } from "openai/resources/chat/completions";
import type { ImageBlock } from "../chat/attachments.ts";
import type { JsonRecord } from "../sessions/json.ts";
import type { ModelConnection } from "./connection.ts";
import { describeModelError } from "./error-text.ts";
import {
  asRecord,
  type AssistantMessage,
  textOf,
  type ToolCallBlock,
  type ToolResultMessage,
  type Usage,
  type UserMessage,
} from "./messages.ts";
import type { ModelClient, ModelRequest } from "./model-client.ts";
import { toChatParams, withinContext } from "./prompt.ts";
import type { RunReporter } from "./reporter.ts";
import type { RunTranscript } from "./run-transcript.ts";
import type { Steer, Steering } from "./steering.ts";
import { runTool, TOOL_PARAMS, type ToolOutcome, type ToolSurroundings } from "./tools.ts";

/** One run of an agent. */
export interface AgentTurn {
  readonly runId: string;
  readonly sessionId: string;
  readonly connection: ModelConnection;
  readonly transcript: RunTranscript;
  readonly reporter: RunReporter;
  readonly steering: Steering;
  readonly client: ModelClient;
  readonly prompt: string;
  readonly images: readonly ImageBlock[];
  /** Who really speaks; kept with the message. */
  readonly provenance: JsonRecord | undefined;
  readonly systemPrompt: string;
  readonly reasoningEffort: ModelRequest["reasoningEffort"];
  readonly tools: Omit<ToolSurroundings, "signal">;
  /** Answers of the model in this run, at most. */
  readonly maxTurns: number;
  readonly signal: AbortSignal;
  readonly now: () => number;
}

/** How a run ended. */
export interface AgentOutcome {
  readonly status: "ok" | "error" | "aborted";
  /** What the run said at last. */
  readonly text: string;
  readonly error?: string;
  /** Of all answers together. */
  readonly spent: {
    readonly input: number;
    readonly output: number;
    readonly cacheRead: number;
    readonly total: number;
  };
  /** Of the last answer; nothing when it failed before the model counted. */
  readonly last: Usage | undefined;
}

const TURN_LIMIT_TEXT = "The run was ended because it called tools too often.";

function userMessage(turn: AgentTurn): UserMessage {
  const images = turn.connection.seesImages ? turn.images : [];
  const content = [{ type: "text" as const, text: turn.prompt }, ...images];
  const said = { role: "user", content, timestamp: turn.now() } as const;
  return turn.provenance === undefined ? said : { ...said, provenance: turn.provenance };
}

/** Tools that the model called before it heard what the user has to say by now are not run. */
const SKIPPED: ToolOutcome = { text: "Skipped due to queued user message.", isError: true };

/** Tells clients of a call and of what comes of it. @param work runs the tool, or says why it is not run. */
async function callTool(
  { reporter, now }: AgentTurn,
  call: ToolCallBlock,
  work: () => ToolOutcome | Promise<ToolOutcome>,
): Promise<ToolResultMessage> {
  const about = { name: call.name, toolCallId: call.id };
  reporter.tool({ phase: "start", ...about, args: call.arguments });
  const timestamp = now();
  const { text, isError } = await work();
  reporter.tool({ phase: "result", ...about, isError });
  return {
    role: "toolResult",
    toolCallId: call.id,
    toolName: call.name,
    content: [{ type: "text", text }],
    details: {},
    isError,
    timestamp,
  };
}

async function callTools(turn: AgentTurn, calls: readonly ToolCallBlock[]): Promise<void> {
  const { transcript, steering, signal, tools, now } = turn;
  for (const [at, call] of calls.entries()) {
    const result = await callTool(turn, call, () =>
      at > 0 && steering.isSteered ? SKIPPED : runTool(call.name, call.arguments, { ...tools, signal }),
    );
    await transcript.say(now(), asRecord(result));
  }
}

/** Writes down what the user says to the run by now. @returns whether there was anything. */
async function hear({ transcript, now }: AgentTurn, said: Steer | undefined): Promise<boolean> {
  if (said === undefined) return false;
  const content = [{ type: "text" as const, text: said.prompt }];
  await transcript.say(now(), asRecord({ role: "user", content, timestamp: said.at } satisfies UserMessage));
  return true;
}

function requestOf(turn: AgentTurn): ModelRequest {
  const { connection, transcript, systemPrompt, reasoningEffort } = turn;
  const room = Math.max(
    0,
    connection.contextWindow - Math.min(connection.maxTokens, connection.contextWindow / 2),
  );
  const system: ChatCompletionMessageParam = { role: "system", content: systemPrompt };
  const messages = [system, ...toChatParams(withinContext(transcript.messages, room), connection)];
  return { messages, tools: TOOL_PARAMS, reasoningEffort };
}

/**
 * Lets a model answer a message, calling tools as it asks for them, and writes down what is said. Everything is on disk
 * before the run is told to have ended.
 * @throws when the transcript cannot be written.
 */
export async function runAgent(turn: AgentTurn): Promise<AgentOutcome> {
  const { reporter, transcript, connection, client, signal, steering, now } = turn;
  const spent = { input: 0, output: 0, cacheRead: 0, total: 0 };
  const user = userMessage(turn);
  reporter.started(now());
  steering.open();
  await transcript.say(now(), asRecord(user));
  let answer: AssistantMessage;
  let turns = 0;
  for (;;) {
    reporter.turn();
    answer = await client.answer(connection, requestOf(turn), signal, (text) => reporter.text(text));
    turns += 1;
    if (answer.stopReason === "aborted") {
      const { provider, model, api } = connection;
      const { runId, sessionId } = turn;
      const data = { timestamp: now(), runId, sessionId, provider, model, api, error: "aborted" };
      await transcript.note(now(), "openclaw:prompt-error", data);
    }
    await transcript.say(now(), asRecord(answer));
    spent.input += answer.usage.input;
    spent.output += answer.usage.output;
    spent.cacheRead += answer.usage.cacheRead;
    spent.total += answer.usage.totalTokens;
    const calls = answer.content.filter((block) => block.type === "toolCall");
    if (answer.stopReason === "error" || answer.stopReason === "aborted") break;
    const callsTools = answer.stopReason === "toolUse" && calls.length > 0;
    if (callsTools) await callTools(turn, calls);
    const isSteered = callsTools
      ? steering.isSteered && (await hear(turn, steering.takeOrClose()))
      : await hear(turn, steering.takeOrClose());
    if (!callsTools && !isSteered) break;
    // The user may go on talking; a model that goes on by itself may not.
    if (isSteered) turns = 0;
    if (turns >= turn.maxTurns) {
      reporter.failed(TURN_LIMIT_TEXT, now());
      return { status: "error", text: textOf(answer), error: TURN_LIMIT_TEXT, spent, last: answer.usage };
    }
  }
  const text = textOf(answer).trim();
  if (answer.stopReason === "aborted") return { status: "aborted", text, spent, last: undefined };
  if (answer.stopReason === "error") {
    const error = describeModelError(answer.errorMessage ?? "", connection.provider);
    reporter.failed(error, now());
    return { status: "error", text, error, spent, last: undefined };
  }
  reporter.text(textOf(answer));
  reporter.finished(now());
  return { status: "ok", text, spent, last: answer.usage };
}
