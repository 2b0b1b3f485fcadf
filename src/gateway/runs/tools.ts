import { constants } from "node:fs";
import { open, realpath } from "node:fs/promises";
import path from "node:path";
import type { ChatCompletionTool } from "openai/resources/chat/completions";
import { type JsonRecord, trimmedOrNone } from "../sessions/json.ts";

/** What a tool may look at. */
export interface ToolSurroundings {
  /** Absolute; a tool never leaves it. */
  readonly workspace: string;
  /** How the session of the run stands, in words. */
  readonly describeSession: () => string;
  readonly signal: AbortSignal;
}

export interface ToolOutcome {
  readonly text: string;
  readonly isError: boolean;
}

interface Tool {
  readonly description: string;
  /** JSON Schema of the arguments. */
  readonly parameters: Record<string, unknown>;
  run(args: JsonRecord, surroundings: ToolSurroundings): Promise<string>;
}

/** Most of a file that one call reads. */
const READ_BYTES = 50 * 1024;

async function readWithin(workspace: string, wanted: string, offset: number): Promise<string> {
  const base = await realpath(workspace);
  // Resolved before it is compared, so that a link cannot lead out.
  const file = await realpath(path.resolve(base, wanted));
  if (file !== base && !file.startsWith(base + path.sep))
    throw new Error(`Path is outside of the workspace: ${wanted}`);
  // A pipe that nobody writes to would hold whoever opens it, and with it one of the few threads that read files.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new Error(`Not a file: ${wanted}`);
    const buffer = Buffer.alloc(READ_BYTES);
    const { bytesRead } = await handle.read(buffer, 0, READ_BYTES, offset);
    const text = buffer.toString("utf8", 0, bytesRead);
    const end = offset + bytesRead;
    return end < stats.size ? `${text}\n[${stats.size - end} more bytes; continue with offset ${end}]` : text;
  } finally {
    await handle.close();
  }
}

const TOOLS: ReadonlyMap<string, Tool> = new Map<string, Tool>([
  [
    "session_status",
    {
      description: "Tells how the current session stands: model, tokens, context, queue.",
      parameters: { type: "object", properties: {}, additionalProperties: false },
      run: async (_args, { describeSession }) => describeSession(),
    },
  ],
  [
    "read",
    {
      description: "Reads a text file of the workspace.",
      parameters: {
        type: "object",
        properties: {
          path: { type: "string", description: "Relative to the workspace" },
          offset: { type: "integer", minimum: 0, description: "Byte at which to begin" },
        },
        required: ["path"],
      },
      run: async (args, { workspace }) => {
        const wanted = trimmedOrNone(args["path"]);
        if (wanted === undefined) throw new Error("Missing required parameter: path");
        const { offset } = args;
        const start = typeof offset === "number" && Number.isSafeInteger(offset) && offset > 0 ? offset : 0;
        return await readWithin(workspace, wanted, start);
      },
    },
  ],
]);

/** The tools as a chat-completions endpoint is told of them. */
export const TOOL_PARAMS: ChatCompletionTool[] = [...TOOLS].map(([name, { description, parameters }]) => ({
  type: "function",
  function: { name, description, parameters, strict: false },
}));

/** Runs a tool that a model called. Never throws: what goes wrong is told to the model. */
export async function runTool(
  name: string,
  args: JsonRecord,
  surroundings: ToolSurroundings,
): Promise<ToolOutcome> {
  const tool = TOOLS.get(name);
  if (tool === undefined) return { text: `Tool ${name} not found`, isError: true };
  try {
    return { text: await tool.run(args, surroundings), isError: false };
  } catch (error) {
    return { text: error instanceof Error ? error.message : String(error), isError: true };
  }
}
