import type { JsonRecord } from "../sessions/json.ts";
import { currentBranch, type EntryDraft } from "../transcripts/tree.ts";
import type { NewTranscript, TranscriptWriter } from "../transcripts/writer.ts";
import type { ModelConnection } from "./connection.ts";
import { contextMessages } from "./prompt.ts";

const isAnswer = (entry: JsonRecord): boolean =>
  (entry["message"] as { readonly role?: unknown } | undefined)?.role === "assistant";

/** Whether a snapshot of the model stands in the branch that says the same. */
function knowsModel(branch: readonly JsonRecord[], connection: ModelConnection): boolean {
  const last = branch.findLast((entry) => entry["customType"] === "model-snapshot");
  const data = last?.["data"] as JsonRecord | undefined;
  return (
    data?.["provider"] === connection.provider &&
    data["modelApi"] === connection.api &&
    data["modelId"] === connection.model
  );
}

/**
 * The transcript of a session as one run sees and continues it. As upstream does, a new transcript is written when the
 * first answer is there, so that a session without any answer leaves no file (upstream-2026.2.17 section 6.5).
 */
export class RunTranscript {
  /** What the model is to see, oldest first. */
  readonly messages: JsonRecord[];
  private readonly writer: TranscriptWriter;
  private readonly file: string;
  private readonly made: NewTranscript;
  private held: EntryDraft[] | undefined;
  /** Nothing is written before `keep`. */
  private isTrial: boolean;
  /** Whether there was no file before. */
  readonly isNew: boolean;
  /** The line this run wrote last. What others append meanwhile becomes a side branch, as upstream has it. */
  private last: string | undefined;

  private constructor(
    writer: TranscriptWriter,
    file: string,
    made: NewTranscript,
    messages: JsonRecord[],
    held: EntryDraft[] | undefined,
    isNew: boolean,
    isTrial: boolean,
  ) {
    this.writer = writer;
    this.file = file;
    this.made = made;
    this.messages = messages;
    this.held = held;
    this.isNew = isNew;
    this.isTrial = isTrial;
  }

  /**
   * Reads a transcript and notes which model continues it.
   * @param isTrial whether nothing is to be written before `keep`.
   * @throws when the file cannot be read or written.
   */
  static async open(
    writer: TranscriptWriter,
    file: string,
    made: NewTranscript,
    connection: ModelConnection,
    thinkingLevel: string,
    at: number,
    isTrial = false,
  ): Promise<RunTranscript> {
    const tree = await writer.read(file);
    const branch = tree === undefined ? [] : currentBranch(tree);
    const holds = tree === undefined || !tree.entries.some(isAnswer);
    const opened = new RunTranscript(
      writer,
      file,
      made,
      contextMessages(branch),
      holds || isTrial ? [] : undefined,
      tree === undefined,
      isTrial,
    );
    const { provider, model, api } = connection;
    const drafts: EntryDraft[] = [];
    if (tree === undefined) drafts.push({ type: "model_change", at, provider, modelId: model });
    if (!branch.some((entry) => entry["type"] === "thinking_level_change"))
      drafts.push({ type: "thinking_level_change", at, thinkingLevel });
    if (!knowsModel(branch, connection)) {
      const data = { timestamp: at, provider, modelApi: api, modelId: model };
      drafts.push({ type: "custom", at, customType: "model-snapshot", data });
    }
    await opened.add(drafts);
    return opened;
  }

  /** Adds messages to what the model sees and to the file. */
  async say(at: number, ...messages: readonly JsonRecord[]): Promise<void> {
    this.messages.push(...messages);
    await this.add(messages.map((message) => ({ type: "message", at, message })));
  }

  /** Adds a line that the model does not see. */
  async note(at: number, customType: string, data: JsonRecord): Promise<void> {
    await this.add([{ type: "custom", at, customType, data }]);
  }

  /** Writes what a trial held back. */
  async keep(): Promise<void> {
    this.isTrial = false;
    await this.release();
  }

  private async add(drafts: readonly EntryDraft[]): Promise<void> {
    if (drafts.length === 0) return;
    if (this.held === undefined) {
      await this.write(drafts);
      return;
    }
    this.held.push(...drafts);
    if (this.isTrial) return;
    const hasAnswer = this.held.some(
      (draft) => draft.type === "message" && draft.message["role"] === "assistant",
    );
    if (hasAnswer) await this.release();
  }

  private async release(): Promise<void> {
    const all = this.held ?? [];
    this.held = undefined;
    if (all.length > 0) await this.write(all);
  }

  private async write(drafts: readonly EntryDraft[]): Promise<void> {
    const ids = await this.writer.append(this.file, drafts, this.made, this.last);
    this.last = ids.at(-1);
  }
}
