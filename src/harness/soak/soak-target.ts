import { LockstepError } from "../../contract/lockstep-error.ts";
import { type BenchTarget, benchTarget } from "../bench/bench-target.ts";
import { mergeJson } from "../scenario/json.ts";
import { resolveTarget, type StartingState, type TargetOptions } from "../target/index.ts";
import { soakTranscripts } from "./seed.ts";

/** A target, and the state it is soaked with. */
export interface SoakTarget extends Pick<BenchTarget, "target" | "prepare"> {
  readonly stateFor: (sessions: number, modelUrl: string) => StartingState;
}

/** A heartbeat would start a run of its own in the middle of the hour. */
const CALM = { agents: { defaults: { heartbeat: { every: "0m" } } } };

/**
 * What a name on the command line means here: what a benchmark takes. An endpoint that runs already is refused: nobody
 * here can tell its memory, which is what a soak is about, and thousands of connections that write are no way to treat a
 * gateway that others use.
 * @param command program and first arguments of the bundled command line
 * @throws LockstepError TARGET_INVALID
 */
export function soakTarget(spec: string, command: readonly string[], options: TargetOptions): SoakTarget {
  if (!/^reference(?::sqlite)?$/.test(spec.trim()) && !resolveTarget(spec, options).launches) {
    throw new LockstepError(
      "TARGET_INVALID",
      `${spec} runs already: its memory cannot be told from here, and a soak would be a heavy load on whoever uses it`,
      { hint: 'name the command that starts it: cmd:"./my-gateway --port {port}"' },
    );
  }
  const { target, prepare, stateFor } = benchTarget(spec.trim(), command, options);
  return {
    target,
    prepare,
    stateFor: (sessions, modelUrl) => {
      const state = stateFor(sessions, modelUrl);
      return {
        ...state,
        config: mergeJson(state.config, CALM) as StartingState["config"],
        files: new Map([...state.files, ...soakTranscripts(sessions, Date.now())]),
      };
    },
  };
}
