import { isRecord, type JsonRecord } from "../sessions/json.ts";
import type { AssistantBlock } from "./messages.ts";

/** What one piece of a streamed answer may hold; services differ in the member that carries thoughts. */
export interface AnswerDelta {
  readonly content?: string | null | undefined;
  readonly tool_calls?:
    | readonly {
        readonly index?: number;
        readonly id?: string;
        readonly function?: { readonly name?: string; readonly arguments?: string };
      }[]
    | undefined;
}

type Growing =
  | { readonly type: "text"; text: string }
  | { readonly type: "thinking"; text: string; readonly signature: string }
  | { readonly type: "toolCall"; id: string; name: string; text: string };

const THOUGHT_MEMBERS = ["reasoning_content", "reasoning", "reasoning_text"];

function parseArguments(text: string): JsonRecord {
  try {
    const parsed: unknown = JSON.parse(text);
    return isRecord(parsed) ? parsed : {};
  } catch {
    // Cut or malformed: the tool is called with nothing, and says what it misses.
    return {};
  }
}

function thoughtOf(delta: AnswerDelta): { text: string; signature: string } | undefined {
  const members: JsonRecord = { ...delta };
  for (const signature of THOUGHT_MEMBERS) {
    const text = members[signature];
    if (typeof text === "string" && text !== "") return { text, signature };
  }
  return undefined;
}

/** Puts the pieces of a streamed answer together. */
export class AnswerBuilder {
  private readonly growing: Growing[] = [];
  private room: number;

  /** @param maxUnits most of text, thoughts and arguments together, in UTF-16 units. */
  constructor(maxUnits: number) {
    this.room = maxUnits;
  }

  /** @returns whether the text has grown. @throws when the answer is larger than it may be. */
  add(delta: AnswerDelta): boolean {
    const { content } = delta;
    const hasText = typeof content === "string" && content !== "";
    if (hasText) this.last("text", () => ({ type: "text", text: "" })).text += this.take(content);
    const thought = thoughtOf(delta);
    if (thought !== undefined) {
      const { signature } = thought;
      this.last("thinking", () => ({ type: "thinking", text: "", signature })).text += this.take(
        thought.text,
      );
    }
    for (const call of delta.tool_calls ?? []) {
      const current = this.growing.at(-1);
      const isOther =
        current?.type !== "toolCall" || (call.id !== undefined && call.id !== "" && call.id !== current.id);
      const block: Growing = isOther ? { type: "toolCall", id: "", name: "", text: "" } : current;
      if (isOther) this.growing.push(block);
      if (block.type !== "toolCall") continue;
      if (call.id) block.id = call.id;
      if (call.function?.name) block.name = call.function.name;
      block.text += this.take(call.function?.arguments ?? "");
    }
    return hasText;
  }

  /** The text of all text blocks so far. */
  text(): string {
    return this.growing
      .filter((block) => block.type === "text")
      .map((block) => block.text)
      .join("\n");
  }

  blocks(): AssistantBlock[] {
    return this.growing.map((block) => {
      if (block.type === "text") return { type: "text", text: block.text };
      if (block.type === "thinking")
        return { type: "thinking", thinking: block.text, thinkingSignature: block.signature };
      return { type: "toolCall", id: block.id, name: block.name, arguments: parseArguments(block.text) };
    });
  }

  private take(text: string): string {
    this.room -= text.length;
    if (this.room < 0) throw new Error("The answer is too large.");
    return text;
  }

  private last(type: Growing["type"], make: () => Growing): Growing {
    const current = this.growing.at(-1);
    if (current?.type === type) return current;
    const block = make();
    this.growing.push(block);
    return block;
  }
}
