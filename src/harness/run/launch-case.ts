import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { LockstepError } from "../../contract/index.ts";
import { render } from "../scenario/index.ts";
import { expressionsIn } from "../scenario/template.ts";
import type { Place } from "../scenario/index.ts";
import type { LaunchConditions, RunningTarget, StartingState, Target } from "../target/types.ts";

/** Templates that have a value only once the target is there. */
const OF_PLACE = new Set(["token", "state", "port"]);

function namesPlace(text: unknown): boolean {
  return expressionsIn(text).some((expression) => OF_PLACE.has(expression));
}

/** Whether a starting state still names where the target will be. */
export function needsPlace(state: StartingState): boolean {
  return namesPlace([state.config, state.env]) || [...state.files.values()].some(namesPlace);
}

/** Fills in `{{token}}`, `{{state}}` and `{{port}}`. */
export function fillPlace(state: StartingState, place: Place): StartingState {
  const value = (name: string): string | number => {
    if (name === "port") return place.port;
    return (name === "token" ? place.token : place.state) ?? "";
  };
  const inJson = (text: string): string =>
    text.replaceAll(/\{\{(token|state|port)\}\}/g, (_, name: string) =>
      JSON.stringify(String(value(name))).slice(1, -1),
    );
  const fill = (part: unknown): unknown =>
    render(part, (expression) => (OF_PLACE.has(expression) ? value(expression) : `{{${expression}}}`));
  return {
    config: fill(state.config) as StartingState["config"],
    env: fill(state.env) as StartingState["env"],
    files: new Map([...state.files].map(([path, text]) => [path, inJson(text)])),
  };
}

function placeOf(running: RunningTarget): Place {
  const { token, port, stateDir } = running;
  return { token, port, ...(stateDir === undefined ? {} : { state: stateDir }) };
}

async function placeFiles(running: RunningTarget, state: StartingState): Promise<void> {
  if (running.stateDir === undefined) {
    throw new LockstepError("FIXTURE_INVALID", "{{state}} needs a target with a state directory");
  }
  await running.stop();
  for (const [path, text] of state.files) {
    const absolute = join(running.stateDir, path);
    await mkdir(dirname(absolute), { recursive: true });
    await writeFile(absolute, text);
  }
  await running.start();
}

/**
 * Launches a target in a starting state. Where the state names the place, the target is launched empty first, since
 * the place is not known before.
 * @throws LockstepError as `Target.launch` does; FIXTURE_INVALID when this target's config cannot name its place.
 */
export async function launchIn(
  target: Target,
  state: StartingState,
  conditions: LaunchConditions,
): Promise<RunningTarget> {
  if (!needsPlace(state)) return target.launch(state, conditions);
  const empty = new Map<string, string>();
  const plain = namesPlace([state.config, state.env]) ? { config: {}, env: {} } : state;
  const running = await target.launch({ config: plain.config, env: plain.env, files: empty }, conditions);
  try {
    await putUnder(running, state);
    return running;
  } catch (error) {
    await running.dispose();
    throw error;
  }
}

/**
 * Puts a starting state under a running target.
 * @throws LockstepError FIXTURE_INVALID when this target can take files alone and the state wants more.
 */
export async function putUnder(running: RunningTarget, state: StartingState): Promise<void> {
  const filled = needsPlace(state) ? fillPlace(state, placeOf(running)) : state;
  if (running.reseed !== undefined) return running.reseed(filled);
  if (namesPlace([state.config, state.env])) {
    if (running.adopt === undefined) {
      throw new LockstepError(
        "FIXTURE_INVALID",
        "this target's config cannot name {{token}}, {{state}} or {{port}}",
      );
    }
    await running.stop();
    await running.adopt(filled);
  }
  return placeFiles(running, filled);
}
