import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { LockstepError } from "../../contract/lockstep-error.ts";
import { commandTarget } from "../target/command-target.ts";
import { resolveTarget, type StartingState, type Target, type TargetOptions } from "../target/index.ts";
import { withDefaults } from "../target/options.ts";
import { MODEL_FIXTURES } from "../model/index.ts";
import { sessionsFile } from "./seed.ts";

/** Something to be measured. */
export interface BenchTarget {
  readonly target: Target;
  /** What it is started from. */
  readonly stateFor: (sessions: number, modelUrl: string) => StartingState;
  /** Done to the state directory when the state lies there, before the process starts. */
  readonly prepare: (stateDir: string) => Promise<void>;
}

const SESSIONS_FOLDER = "agents/main/sessions";
const JSON_STORE = `${SESSIONS_FOLDER}/sessions.json`;
const SQLITE_STORE = `${SESSIONS_FOLDER}/sessions.sqlite`;

/** A configuration that points agents at the scripted model `echo`. */
function modelConfig(modelUrl: string): Record<string, unknown> {
  const text = JSON.stringify(MODEL_FIXTURES.get("model:echo")?.config ?? {});
  return JSON.parse(text.replaceAll("{{model}}", modelUrl)) as Record<string, unknown>;
}

function seededState(sessions: number, config: Record<string, unknown>): StartingState {
  return { config, files: new Map([[JSON_STORE, sessionsFile(sessions, Date.now())]]), env: {} };
}

const quote = (words: readonly string[]): string => words.map((word) => `"${word}"`).join(" ");

/** The bundled gateway as its users start it: in a process of its own. */
function referenceProcess(name: string, command: readonly string[], options: TargetOptions): BenchTarget {
  const line = `${quote([...command, "gateway"])} --port {port} --state-dir {state}`;
  const target = commandTarget(name, line, withDefaults(options));
  if (name === "reference") {
    return {
      target,
      stateFor: (sessions, modelUrl) => seededState(sessions, modelConfig(modelUrl)),
      prepare: () => Promise.resolve(),
    };
  }
  return {
    target,
    stateFor: (sessions, modelUrl) =>
      seededState(sessions, {
        ...modelConfig(modelUrl),
        session: { store: `~/.openclaw/${SQLITE_STORE.replace("main", "{agentId}")}` },
      }),
    prepare: async (stateDir) => {
      const [program = "", ...args] = command;
      const [from, to] = [join(stateDir, JSON_STORE), join(stateDir, SQLITE_STORE)];
      const migrate = ["gateway", "migrate", "--from", from, "--to", to, "--apply"];
      await promisify(execFile)(program, [...args, ...migrate]);
    },
  };
}

/**
 * What a name on the command line means here: what `resolveTarget` takes, but for an endpoint that runs already, which
 * can neither be started nor seeded. `reference` is the bundled gateway with its JSON store, `reference:sqlite` with the
 * other.
 * @param command program and first arguments of the bundled command line
 * @throws LockstepError TARGET_INVALID
 */
export function benchTarget(spec: string, command: readonly string[], options: TargetOptions): BenchTarget {
  if (spec === "reference" || spec === "reference:sqlite") return referenceProcess(spec, command, options);
  const target = resolveTarget(spec, options);
  if (!target.launches) {
    throw new LockstepError(
      "TARGET_INVALID",
      `${spec} runs already, and a benchmark starts what it measures`,
      {
        hint: 'Name reference, reference:sqlite, cmd:"COMMAND --port {port}", or openclaw@VERSION.',
      },
    );
  }
  return {
    target,
    stateFor: (sessions, modelUrl) => seededState(sessions, modelConfig(modelUrl)),
    prepare: () => Promise.resolve(),
  };
}
