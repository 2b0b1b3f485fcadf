import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { LockstepError } from "../../contract/index.ts";
import { recordingFile, type RecordingFile } from "../learn/index.ts";
import { formatJson } from "./format.ts";

/** Where recordings live below a suite's root. */
export const RECORDING_FOLDER = "recordings";
/** Ending of a recording that nobody has reviewed yet. */
export const PENDING = ".new";

/** What an oracle advertises, beside the folders of its recordings. */
export const ADVERTISED = "advertised.json";

/** A recording, and where it was read from. */
export interface StoredRecording {
  /** Below the suite's root, with forward slashes, without the ending of a pending one. */
  readonly file: string;
  readonly recording: RecordingFile;
}

/** The folder of an oracle's recordings: `openclaw-2026.2.17`. */
export function oracleFolder(oracle: { readonly name: string; readonly version: string }): string {
  return `${oracle.name}-${oracle.version}`;
}

/** Where a recording belongs, below the suite's root. */
export function recordingPath({ oracle, scenario }: Pick<RecordingFile, "oracle" | "scenario">): string {
  return `${RECORDING_FOLDER}/${oracleFolder(oracle)}/${scenario}.json`;
}

const isMissing = (error: unknown) =>
  error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");

async function readOne(root: string, path: string): Promise<RecordingFile> {
  const text = await readFile(join(root, path), "utf8");
  const refuse = (why: string, cause?: unknown) =>
    new LockstepError("RECORDING_INVALID", `${path}: ${why}`, {
      hint: "recordings are written by `lockstep record` alone",
      cause,
    });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw refuse("is not JSON", error);
  }
  const read = recordingFile.safeParse(json);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw refuse(`${issue?.path.join("/") ?? ""}: ${issue?.message ?? "is not a recording"}`, read.error);
}

async function readEnding(root: string, ending: string): Promise<StoredRecording[]> {
  const folder = join(root, RECORDING_FOLDER);
  const names = await readdir(folder, { recursive: true }).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  const paths = names
    .filter((name) => name.endsWith(`.json${ending}`))
    .map((name) => name.split(sep).join("/"))
    .filter((name) => name.slice(name.indexOf("/") + 1) !== ADVERTISED)
    .map((name) => `${RECORDING_FOLDER}/${name}`)
    .sort();
  return Promise.all(
    paths.map(async (path) => ({
      file: ending === "" ? path : path.slice(0, -ending.length),
      recording: await readOne(root, path),
    })),
  );
}

/**
 * Every accepted recording below a suite's root, in order of their paths.
 * @throws LockstepError RECORDING_INVALID for a file that is none
 */
export function readAccepted(root: string): Promise<StoredRecording[]> {
  return readEnding(root, "");
}

/** Every recording that waits for review. @throws LockstepError RECORDING_INVALID */
export function readPending(root: string): Promise<StoredRecording[]> {
  return readEnding(root, PENDING);
}

/** The recording at a path below the root, if there is one. @throws LockstepError RECORDING_INVALID */
export async function readRecording(root: string, path: string): Promise<RecordingFile | undefined> {
  return readOne(root, path).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
}

/** The text of a recording file: members in the format's order, cases by name. */
export function recordingText(recording: RecordingFile): string {
  const { format, scenario, digest, oracle, recorded, cases } = recording;
  const sorted = Object.fromEntries(Object.entries(cases).sort(([a], [b]) => (a < b ? -1 : 1)));
  return formatJson({ format, scenario, digest, oracle, recorded, cases: sorted });
}

/** Writes the text of a recording for review, whole or not at all. */
export async function writePending(root: string, path: string, text: string): Promise<void> {
  const absolute = join(root, path) + PENDING;
  await mkdir(dirname(absolute), { recursive: true });
  await writeFile(`${absolute}.part`, text);
  await rename(`${absolute}.part`, absolute);
}

/** Puts a reviewed recording in the place of the accepted one. */
export async function acceptPending(root: string, path: string): Promise<void> {
  await rename(join(root, path) + PENDING, join(root, path));
}

/** Removes a recording that waits for review, if there is one. */
export async function removePending(root: string, path: string): Promise<void> {
  await rm(join(root, path) + PENDING, { force: true });
}
