import type { ImageBlock } from "../chat/attachments.ts";
import type { JsonRecord } from "../sessions/json.ts";

/** Tokens of one answer, and what they cost in USD. */
export interface Usage {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly totalTokens: number;
  readonly cost: {
    readonly input: number;
    readonly output: number;
    readonly cacheRead: number;
    readonly cacheWrite: number;
    readonly total: number;
  };
}

export const NO_USAGE: Usage = {
  input: 0,
  output: 0,
  cacheRead: 0,
  cacheWrite: 0,
  totalTokens: 0,
  cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0 },
};

export interface TextBlock {
  readonly type: "text";
  readonly text: string;
}

export interface ThinkingBlock {
  readonly type: "thinking";
  readonly thinking: string;
  /** Under which member the provider sent it, and wants it back. */
  readonly thinkingSignature: string;
}

export interface ToolCallBlock {
  readonly type: "toolCall";
  readonly id: string;
  readonly name: string;
  readonly arguments: JsonRecord;
}

export type AssistantBlock = TextBlock | ThinkingBlock | ToolCallBlock;

export type StopReason = "stop" | "length" | "toolUse" | "error" | "aborted";

/** An answer of a model as a transcript holds it (upstream-2026.2.17 section 5.4). */
export interface AssistantMessage {
  readonly role: "assistant";
  readonly content: readonly AssistantBlock[];
  readonly api: string;
  readonly provider: string;
  readonly model: string;
  readonly usage: Usage;
  readonly stopReason: StopReason;
  readonly timestamp: number;
  readonly errorMessage?: string;
}

export interface UserMessage {
  readonly role: "user";
  readonly content: readonly (TextBlock | ImageBlock)[];
  readonly timestamp: number;
  /** Who really speaks, where it is not the user. */
  readonly provenance?: JsonRecord;
}

export interface ToolResultMessage {
  readonly role: "toolResult";
  readonly toolCallId: string;
  readonly toolName: string;
  readonly content: readonly TextBlock[];
  readonly details: JsonRecord;
  readonly isError: boolean;
  readonly timestamp: number;
}

/** A message in the words of a transcript; written as it stands. */
export const asRecord = (message: AssistantMessage | UserMessage | ToolResultMessage): JsonRecord => ({
  ...message,
});

/** All text of an answer, one paragraph for each block. */
export function textOf(message: AssistantMessage): string {
  return message.content
    .map((block) => (block.type === "text" ? block.text : ""))
    .filter((text) => text !== "")
    .join("\n");
}

/** What an answer of the gateway itself adds to a transcript: a slash command's reply, an injected note, an aborted part. */
export function gatewayMessage(text: string, at: number, extra: JsonRecord = {}): JsonRecord {
  return {
    role: "assistant",
    content: [{ type: "text", text }],
    timestamp: at,
    stopReason: "stop",
    usage: NO_USAGE,
    api: "openai-responses",
    provider: "openclaw",
    model: "gateway-injected",
    ...extra,
  };
}
