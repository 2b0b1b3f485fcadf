import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { recordingFile, type RecordingFile } from "../harness/learn/recording.ts";

export async function loadRecordings(root: string): Promise<Map<string, RecordingFile>> {
  const folder = join(root, "recordings");
  const found = new Map<string, RecordingFile>();
  if (!existsSync(folder)) return found;
  for (const name of await readdir(folder, { recursive: true })) {
    if (!name.endsWith(".json")) continue;
    const data = recordingFile.parse(JSON.parse(await readFile(join(folder, name), "utf8")));
    found.set(data.scenario, data);
  }
  return found;
}
