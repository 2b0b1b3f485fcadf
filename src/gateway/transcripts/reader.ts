import type { FileHandle } from "node:fs/promises";
import type { JsonRecord } from "../sessions/json.ts";
import { firstText, isFromAnotherSession } from "../sessions/message-text.ts";
import { type PreviewItem, previewItems } from "../sessions/preview.ts";
import { BoundedCache } from "./bounded-cache.ts";
import { firstExisting, headLines, messageOfLine, readOpen, tailLines } from "./lines.ts";

/** What a list shows of a transcript. */
export interface TitleFields {
  readonly firstUserMessage: string | undefined;
  readonly lastMessage: string | undefined;
}

const NOTHING: TitleFields = { firstUserMessage: undefined, lastMessage: undefined };

const TITLE_HEAD_BYTES = 8192;
const TITLE_HEAD_LINES = 10;
const LAST_MESSAGE_BYTES = 16_384;
const LAST_MESSAGE_LINES = 20;
const PREVIEW_BYTES = [64 * 1024, 256 * 1024, 1024 * 1024] as const;
const PREVIEW_LINES = 200;

async function findFirstUserMessage(handle: FileHandle): Promise<string | undefined> {
  for (const line of (await headLines(handle, TITLE_HEAD_BYTES)).slice(0, TITLE_HEAD_LINES)) {
    const message = messageOfLine(line);
    if (message?.["role"] !== "user" || isFromAnotherSession(message)) continue;
    const text = firstText(message["content"]);
    if (text !== undefined) return text;
  }
  return undefined;
}

async function findLastMessage(handle: FileHandle, size: number): Promise<string | undefined> {
  const lines = (await tailLines(handle, size, LAST_MESSAGE_BYTES)).slice(-LAST_MESSAGE_LINES);
  for (const line of lines.reverse()) {
    const message = messageOfLine(line);
    if (message?.["role"] !== "user" && message?.["role"] !== "assistant") continue;
    const text = firstText(message["content"]);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** The newest messages of a file, oldest first; more of the file is read only while nothing was found. */
async function readRecentMessages(file: string, limit: number): Promise<JsonRecord[]> {
  for (const bytes of PREVIEW_BYTES) {
    const lines = await readOpen(file, async (handle) => {
      const { size } = await handle.stat();
      return (await tailLines(handle, size, bytes)).slice(-PREVIEW_LINES);
    });
    const messages: JsonRecord[] = [];
    for (const line of (lines ?? []).reverse()) {
      const message = messageOfLine(line);
      if (message !== undefined) messages.push(message);
      if (messages.length >= limit) break;
    }
    if (messages.length > 0) return messages.reverse();
  }
  return [];
}

/**
 * Reads the ends of transcripts, and remembers what it read for as long as a file keeps its time and size. All it keeps
 * is bounded.
 */
export class TranscriptReader {
  /** Weighed in UTF-16 units. */
  private readonly titles: BoundedCache<TitleFields>;
  private readonly previews: BoundedCache<PreviewItem[]>;

  constructor(
    titles = new BoundedCache<TitleFields>(5000, 16_000_000),
    previews = new BoundedCache<PreviewItem[]>(2000, 8_000_000),
  ) {
    this.titles = titles;
    this.previews = previews;
  }

  /**
   * What a list shows of the first candidate that exists (upstream-2026.2.17 section 4.4): the first user message among
   * the first 10 lines and 8192 bytes, and the last message with text in the last 20 lines and 16384 bytes.
   */
  async titleFields(candidates: readonly string[]): Promise<TitleFields> {
    const found = await firstExisting(candidates);
    if (found === undefined) return NOTHING;
    const { file, stamp } = found;
    const cacheKey = `${file}\t${stamp.mtimeMs}\t${stamp.size}`;
    const cached = this.titles.get(cacheKey);
    if (cached !== undefined) return cached;
    const fields = await readOpen(file, async (handle) => ({
      firstUserMessage: await findFirstUserMessage(handle),
      lastMessage: await findLastMessage(handle, stamp.size),
    }));
    if (fields === undefined) return NOTHING;
    const weight = (fields.firstUserMessage?.length ?? 0) + (fields.lastMessage?.length ?? 0) + file.length;
    this.titles.set(cacheKey, fields, weight);
    return fields;
  }

  /**
   * The newest messages of the first candidate that exists, as a preview shows them (upstream-2026.2.17 section 2.6).
   * @param limit counted before messages without anything to show are left out.
   * @param maxChars in UTF-16 units.
   */
  async preview(
    candidates: readonly string[],
    limit: number,
    maxChars: number,
  ): Promise<readonly PreviewItem[]> {
    const found = await firstExisting(candidates);
    if (found === undefined) return [];
    const { file, stamp } = found;
    const cacheKey = `${file}\t${stamp.mtimeMs}\t${stamp.size}\t${limit}\t${maxChars}`;
    const cached = this.previews.get(cacheKey);
    if (cached !== undefined) return cached;
    const items = previewItems(await readRecentMessages(file, limit), maxChars);
    const weight = items.reduce((sum, item) => sum + item.text.length, file.length);
    this.previews.set(cacheKey, items, weight);
    return items;
  }
}
