import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { LockstepError } from "../../contract/index.ts";
import { isModelFixture, startModelStub } from "../model/index.ts";
import { launchIn } from "../run/launch-case.ts";
import { createRunId } from "../run/run-id.ts";
import { startingState, type ScenarioFile, type Suite } from "../scenario/index.ts";
import type { RunningTarget, StartingState, Target } from "../target/index.ts";

/** What a launched target begins with. */
export interface StartingPlace {
  /** Fixtures, in order; `model:NAME` among them. */
  readonly given: readonly string[];
  /** A state directory whose sessions are copied. */
  readonly state?: string | undefined;
}

/** What of a state directory says which sessions there are. */
const COPIED = /^agents\/[^/]+\/sessions\/[^/]+\.jsonl?$/;

/** Launches targets in the same state, and clears them away. */
export interface Launcher {
  /** @throws LockstepError as `Target.launch` does */
  readonly launch: (target: Target) => Promise<RunningTarget>;
  readonly dispose: () => Promise<void>;
}

async function filesOf(folder: string): Promise<Map<string, string>> {
  const found = await readdir(folder, { recursive: true }).catch((error: unknown) => {
    throw new LockstepError("USAGE", `the state directory ${folder} cannot be read`, {
      cause: error,
      hint: "--state names a folder such as ~/.openclaw",
    });
  });
  const files = new Map<string, string>();
  for (const name of found.map((path) => path.replaceAll("\\", "/")).sort()) {
    const path = join(folder, name);
    if (COPIED.test(name) && (await stat(path)).isFile()) files.set(name, await readFile(path, "utf8"));
  }
  if (files.size === 0) {
    throw new LockstepError("USAGE", `${folder} holds no sessions`, {
      hint: "--state names a folder with agents/<id>/sessions/sessions.json",
    });
  }
  return files;
}

function scenarioOf(given: readonly string[]): ScenarioFile {
  return {
    id: "live/place",
    title: "A place to start from",
    why: "Targets have to begin alike",
    covers: ["connect"],
    given: [...given],
    steps: [{ wait: 0 }],
  };
}

/**
 * Makes a launcher. An endpoint that runs already is taken as it is.
 * @throws LockstepError USAGE, FIXTURE_INVALID
 */
export async function createLauncher(place: StartingPlace, suite: Suite): Promise<Launcher> {
  for (const name of place.given) {
    if (suite.fixtures.has(name)) continue;
    throw new LockstepError("FIXTURE_INVALID", `there is no fixture ${name}`, {
      hint: "--given takes the name of a file in fixtures/, or model:echo",
    });
  }
  const copied = place.state === undefined ? new Map<string, string>() : await filesOf(place.state);
  const model = place.given.some(isModelFixture) ? await startModelStub() : undefined;
  const run = createRunId();
  const made = startingState(scenarioOf(place.given), suite, {
    run,
    now: Date.now(),
    ...(model === undefined ? {} : { modelUrl: model.baseUrl }),
  });
  const state: StartingState = { ...made, files: new Map([...made.files, ...copied]) };
  const running: RunningTarget[] = [];
  return {
    launch: async (target) => {
      const one = target.launches
        ? await launchIn(target, state, {})
        : await target.launch({ config: {}, files: new Map(), env: {} }, {});
      running.push(one);
      return one;
    },
    dispose: async () => {
      await Promise.allSettled(running.map((one) => one.dispose()));
      await model?.close();
    },
  };
}
