import { isRecord, stringOrNone, trimmedOrNone } from "../sessions/json.ts";

/** An image as a message of a transcript holds it. */
export interface ImageBlock {
  readonly type: "image";
  /** Base64. */
  readonly data: string;
  readonly mimeType: string;
}

/** Largest attachment, in decoded bytes. */
const MAX_BYTES = 5_000_000;
const DATA_URL = /^data:[^;]+;base64,(.*)$/s;

interface Attachment {
  readonly label: string;
  readonly mimeType: string | undefined;
  readonly content: string;
}

function readAttachments(raw: readonly unknown[]): Attachment[] {
  const usable: Attachment[] = [];
  for (const value of raw) {
    const content = isRecord(value) ? stringOrNone(value["content"]) : undefined;
    if (!isRecord(value) || content === undefined || content === "") continue;
    const name = stringOrNone(value["fileName"]) || stringOrNone(value["type"]);
    usable.push({
      // Attachments without content don't count, so the number is that among the usable ones.
      label: name || `attachment-${usable.length + 1}`,
      mimeType: trimmedOrNone(value["mimeType"])?.split(";")[0]?.trim().toLowerCase(),
      content,
    });
  }
  return usable;
}

function decodedBytes(base64: string): number {
  const padding = /={0,2}$/.exec(base64)?.[0].length ?? 0;
  return Math.max(0, Math.floor((base64.length * 3) / 4) - padding);
}

const SIGNATURES: readonly (readonly [hex: string, at: number, mimeType: string])[] = [
  ["89504e470d0a1a0a", 0, "image/png"],
  ["ffd8ff", 0, "image/jpeg"],
  ["474946383761", 0, "image/gif"],
  ["474946383961", 0, "image/gif"],
  ["57454250", 8, "image/webp"],
  ["424d", 0, "image/bmp"],
  ["6674797068656963", 4, "image/heic"],
  ["667479706d696631", 4, "image/heif"],
  ["25504446", 0, "application/pdf"],
  ["504b0304", 0, "application/zip"],
  ["1f8b08", 0, "application/gzip"],
  ["7f454c46", 0, "application/x-elf"],
];

/** What the first bytes say a file is; nothing when they say nothing. */
function sniff(base64: string): string | undefined {
  const head = Buffer.from(base64.slice(0, 256), "base64").toString("hex");
  return SIGNATURES.find(([hex, at]) => head.startsWith(hex, at * 2))?.[2];
}

/** Whether there is an attachment with content. */
export function hasAttachments(raw: readonly unknown[] | undefined): boolean {
  return readAttachments(raw ?? []).length > 0;
}

/**
 * The images among the attachments of a message; what is no image is left out (upstream-2026.2.17 section 2.16).
 * @returns the images, or why the message is refused.
 */
export function readImages(
  raw: readonly unknown[] | undefined,
): { images: ImageBlock[] } | { refusal: string } {
  const images: ImageBlock[] = [];
  for (const { label, mimeType, content } of readAttachments(raw ?? [])) {
    const trimmed = content.trim();
    const data = DATA_URL.exec(trimmed)?.[1] ?? trimmed;
    if (data.length === 0 || data.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(data)) {
      return { refusal: `Error: attachment ${label}: invalid base64 content` };
    }
    const bytes = decodedBytes(data);
    if (bytes <= 0 || bytes > MAX_BYTES) {
      return {
        refusal: `Error: attachment ${label}: exceeds size limit (${bytes} > ${MAX_BYTES} bytes)`,
      };
    }
    const sniffed = sniff(data);
    const type = sniffed ?? mimeType;
    if (type?.startsWith("image/")) images.push({ type: "image", data, mimeType: type });
  }
  return { images };
}
