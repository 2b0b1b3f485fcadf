import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { LockstepError } from "../../contract/index.ts";
import { ADVERTISED_FORMAT, advertisedFile } from "../coverage/index.ts";
import type { Advertised, AdvertisedFile } from "../coverage/index.ts";
import { sameJson } from "../learn/json-tree.ts";
import type { RecordingFile } from "../learn/index.ts";
import { ADVERTISED, oracleFolder, RECORDING_FOLDER } from "./files.ts";
import { formatJson } from "./format.ts";

/** Names that an oracle's hello-ok gained and lost since it was last asked. */
export interface AdvertisedMove {
  /** Below the suite's root. */
  readonly file: string;
  /** It was never asked before. */
  readonly isNew: boolean;
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

const pathOf = (oracle: { readonly name: string; readonly version: string }): string =>
  `${RECORDING_FOLDER}/${oracleFolder(oracle)}/${ADVERTISED}`;

async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw error;
  });
}

/**
 * What an oracle named in hello-ok when it was last recorded; nothing where it never was.
 * @throws LockstepError RECORDING_INVALID
 */
export async function readAdvertised(
  root: string,
  oracle: { readonly name: string; readonly version: string },
): Promise<AdvertisedFile | undefined> {
  const path = pathOf(oracle);
  const text = await textOf(join(root, path));
  if (text === undefined) return undefined;
  const refuse = (cause: unknown) =>
    new LockstepError("RECORDING_INVALID", `${path} is not what an oracle advertises`, {
      hint: "it is written by `lockstep record` alone; delete it and record any scenario",
      cause,
    });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw refuse(error);
  }
  const read = advertisedFile.safeParse(json);
  if (!read.success) throw refuse(read.error);
  return read.data;
}

/**
 * Keeps what the running oracle names in hello-ok beside its recordings. It is no recording that anybody reviews: it says
 * which methods there are, and the coverage ledger asks for the rest. A file that says so already stays as it is.
 * @returns what moved; nothing when nothing did
 * @throws LockstepError RECORDING_INVALID for a file that is none
 */
export async function keepAdvertised(
  root: string,
  found: {
    readonly oracle: RecordingFile["oracle"];
    readonly tool: string;
    readonly advertised: Advertised;
    readonly now: Date;
  },
): Promise<AdvertisedMove | undefined> {
  const { oracle, tool, advertised } = found;
  const { methods, events } = advertised;
  const before = await readAdvertised(root, oracle);
  if (before !== undefined && sameJson([before.methods, before.events], [methods, events])) return undefined;
  const path = pathOf(oracle);
  const file: AdvertisedFile = {
    format: ADVERTISED_FORMAT,
    oracle,
    recorded: { at: found.now.toISOString(), tool },
    methods: [...methods],
    events: [...events],
  };
  const absolute = join(root, path);
  await mkdir(dirname(absolute), { recursive: true });
  await writeFile(`${absolute}.part`, formatJson(file));
  await rename(`${absolute}.part`, absolute);
  const known = [...(before?.methods ?? []), ...(before?.events ?? [])];
  const now = [...methods, ...events];
  return {
    file: path,
    isNew: before === undefined,
    added: now.filter((name) => !known.includes(name)),
    removed: known.filter((name) => !now.includes(name)),
  };
}
