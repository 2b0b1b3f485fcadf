import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { LockstepError } from "../../contract/index.ts";
import { CAPTURE_FORMAT, captureLine, type CaptureHeader, type CaptureLine } from "./capture-lines.ts";

/** A capture file, read. */
export interface TapCapture {
  readonly header: CaptureHeader;
  /** What passed, in order; neither header nor footer. */
  readonly lines: readonly CaptureLine[];
  /** Whether it has its footer: else the tap died, and what passed last may be missing. */
  readonly complete: boolean;
}

function invalid(name: string, what: string, cause?: unknown): never {
  throw new LockstepError("CAPTURE_INVALID", `${name}: ${what}`, {
    hint: `a capture is what lockstep tap writes: one ${CAPTURE_FORMAT} object a line`,
    cause,
  });
}

/**
 * Reads a capture. A last line that is cut is left out: the tap that wrote it died.
 * @param texts lines in order
 * @param name of the file, for messages
 * @throws LockstepError CAPTURE_INVALID
 */
export async function readCaptureLines(
  texts: AsyncIterable<string> | Iterable<string>,
  name: string,
): Promise<TapCapture> {
  const lines: CaptureLine[] = [];
  let broken: string | undefined;
  let number = 0;
  for await (const text of texts) {
    number += 1;
    if (text.trim() === "") continue;
    if (broken !== undefined) invalid(name, broken);
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      // Forgiven when nothing follows it.
      broken = `line ${number} is no JSON`;
      continue;
    }
    const read = captureLine.safeParse(value);
    if (!read.success) {
      const [issue] = read.error.issues;
      invalid(name, `line ${number}: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`, read.error);
    }
    lines.push(read.data);
  }
  const [header, ...rest] = lines;
  if (header?.line !== "header") return invalid(name, "it does not begin with a header");
  const complete = broken === undefined && rest.at(-1)?.line === "footer";
  return { header, lines: rest.filter(({ line }) => line !== "footer"), complete };
}

/**
 * Reads a capture file.
 * @throws LockstepError CAPTURE_INVALID when there is none, or it is no capture
 */
export async function readCapture(path: string, name: string): Promise<TapCapture> {
  const input = createReadStream(path, "utf8");
  try {
    return await readCaptureLines(createInterface({ input, crlfDelay: Infinity }), name);
  } catch (error) {
    if (error instanceof LockstepError) throw error;
    return invalid(name, error instanceof Error ? error.message : String(error), error);
  } finally {
    input.destroy();
  }
}
