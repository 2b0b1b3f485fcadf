import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import picomatch from "picomatch";
import type { Step } from "../../scenario/schema.ts";
import type { CapturedFile, StepCapture } from "../capture.ts";
import type { CaseContext } from "../case-context.ts";
import { CaseStop } from "../types.ts";

/** Milliseconds for connections to notice that their process is gone. */
const ORPHAN_MS = 1_000;
/** Most files one step lists. */
const FILE_LIMIT = 10_000;

type Reading = "names" | "json" | "jsonl" | "text";

function stateDirOf(context: CaseContext): string {
  const { stateDir } = context.target;
  if (stateDir !== undefined) return stateDir;
  throw new CaseStop({ kind: "not-applicable", reason: "the target has no state directory that we can see" });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return { "not-json": text };
  }
}

async function contentOf(path: string, reading: Reading): Promise<unknown> {
  const text = await readFile(path, "utf8");
  if (reading === "text") return text;
  if (reading === "json") return parsed(text);
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map(parsed);
}

/** Order by code point, which is that of the UTF-8 bytes. */
function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** A step of kind `files`: files below the state directory whose path matches. */
export async function runFiles(
  context: CaseContext,
  step: Extract<Step, { files: unknown }>,
): Promise<StepCapture> {
  const root = stateDirOf(context);
  const matches = picomatch(context.renderText(step.files), { dot: true });
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter((path) => matches(path))
    .sort(byCodePoint)
    .slice(0, FILE_LIMIT);
  const reading = step.read ?? "names";
  const files: CapturedFile[] = [];
  for (const path of paths) {
    if (reading === "names") {
      files.push({ path });
      continue;
    }
    const content = await contentOf(join(root, path), reading).catch((error: NodeJS.ErrnoException) => {
      // Gone between listing and reading, as temporary files go.
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    if (content !== undefined) files.push({ path, content });
  }
  return { kind: "files", received: [], files };
}

/** A step of kind `write`: a file below the state directory, while the target runs. */
export async function runWrite(
  context: CaseContext,
  step: Extract<Step, { write: unknown }>,
): Promise<StepCapture> {
  const root = stateDirOf(context);
  const path = resolve(root, context.renderText(step.write));
  if (!path.startsWith(root + sep)) {
    throw new CaseStop({
      kind: "harness-fault",
      reason: `step ${context.step} writes outside the state directory`,
    });
  }
  await mkdir(dirname(path), { recursive: true });
  const text =
    step.text === undefined
      ? JSON.stringify(context.render(step.json ?? null) ?? null, null, 2)
      : context.renderText(step.text);
  await writeFile(path, text);
  return { kind: "write", received: [] };
}

async function orphan(context: CaseContext): Promise<void> {
  for (const link of context.links.values()) link.orphaned = true;
  await Promise.all([...context.links.values()].map((link) => link.connection.waitForClose(ORPHAN_MS)));
}

/** A step of kind `process`: stop, start, restart or kill. Connections end with the process. */
export async function runProcess(
  context: CaseContext,
  step: Extract<Step, { process: unknown }>,
): Promise<StepCapture> {
  const { target } = context;
  if (step.process !== "start") {
    context.stopped = true;
    await (step.process === "kill" ? target.kill() : target.stop());
    await orphan(context);
  }
  if (step.process === "start" || step.process === "restart") {
    await target.start();
    context.stopped = false;
  }
  return { kind: "process", received: [] };
}
