import { LockstepError } from "../../contract/lockstep-error.ts";
import { describeMachine } from "../bench/machine.ts";
import { startHelper } from "../bench/helper-process.ts";
import { residentBytes } from "../bench/resident-memory.ts";
import { startModelStub } from "../model/index.ts";
import type { RunningTarget } from "../target/index.ts";
import { describeExit, targetDied } from "../target/target-errors.ts";
import { SOAK_FORMAT, type SoakFile, type SoakMeasures, type SoakSize } from "./format.ts";
import { faultsOf } from "./judge.ts";
import type { LoadReport } from "./load.ts";
import { measureSoak } from "./measure.ts";
import { processorTimes } from "./processor-times.ts";
import type { SoakTarget } from "./soak-target.ts";

/** What to soak, and how. */
export interface SoakPlan {
  readonly soaked: SoakTarget;
  readonly size: SoakSize;
  /** Ends it early. */
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
}

/** What came of it. */
export interface SoakResult {
  readonly file: SoakFile;
  /** The last lines a target wrote that ended by itself; empty when it did not. */
  readonly lastLines: readonly string[];
}

/** Rejects when the signal fires; nothing waits for it otherwise. */
function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const refuse = (): void => reject(new LockstepError("INTERRUPTED", "the soak was interrupted"));
    if (signal.aborted) refuse();
    else signal.addEventListener("abort", refuse, { once: true });
  });
}

function refuseUnmeasurable(name: string, instance: RunningTarget, group: number | undefined): void {
  if (group !== undefined && residentBytes(group) !== undefined) return;
  const exit = instance.exited();
  if (exit !== undefined) throw targetDied(name, exit, instance.logTail(), "right after its start");
  throw new LockstepError("USAGE", "this system does not tell how much memory a process holds", {
    hint: "soak on Linux or macOS",
  });
}

async function measureInstance(instance: RunningTarget, plan: SoakPlan): Promise<SoakMeasures> {
  const { name } = plan.soaked.target;
  const group = instance.processGroup?.();
  refuseUnmeasurable(name, instance, group);
  const load = startHelper("soak-main");
  try {
    return await measureSoak(
      {
        name,
        place: { url: instance.url, token: instance.token },
        load: async (order) => {
          load.send(order);
          const said = (await load.next()) as { report?: LoadReport; fault?: string };
          if (said.report !== undefined) return said.report;
          throw new LockstepError("HARNESS_FAULT", said.fault ?? "the load gave no report");
        },
        residentBytes: () => (group === undefined ? undefined : residentBytes(group)),
        processorTimes: () => (group === undefined ? undefined : processorTimes(group)),
        ended: () => {
          const exit = instance.exited();
          return exit === undefined ? undefined : `ended with ${describeExit(exit)}`;
        },
        onProgress: plan.onProgress,
      },
      plan.size,
    );
  } finally {
    load.end();
  }
}

/**
 * Launches a target, keeps idle and busy connections on it, and watches its memory and how long health takes.
 * @param about.tool name and version of this tool
 * @param about.candidate which build of the target it is
 * @throws LockstepError TARGET_UNREACHABLE, TARGET_DIED (before it answered), INTERRUPTED, USAGE
 */
export async function runSoak(
  plan: SoakPlan,
  about: { readonly tool: string; readonly candidate?: string | undefined },
): Promise<SoakResult> {
  const { soaked, size, signal } = plan;
  const { target } = soaked;
  const interrupted = untilAborted(signal);
  // It may be rejected while nobody listens, between two awaits.
  interrupted.catch(() => undefined);
  const model = await startModelStub();
  let instance: RunningTarget | undefined;
  try {
    plan.onProgress(`starting ${target.name} with ${size.sessions} sessions`);
    let isPrepared = false;
    const launching = target.launch(soaked.stateFor(size.sessions, model.baseUrl), {
      beforeSpawn: async ({ stateDir }) => {
        // Called again when the port was taken meanwhile.
        if (!isPrepared) await soaked.prepare(stateDir);
        isPrepared = true;
      },
    });
    instance = await Promise.race([launching, interrupted]);
    const measures = await Promise.race([measureInstance(instance, plan), interrupted]);
    const faults = faultsOf(measures);
    return {
      file: {
        format: SOAK_FORMAT,
        tool: about.tool,
        date: new Date().toISOString(),
        target: target.name,
        ...(about.candidate === undefined ? {} : { candidate: about.candidate }),
        machine: describeMachine(),
        ok: faults.length === 0,
        faults,
        ...measures,
      },
      lastLines: measures.ended === null ? [] : instance.logTail(),
    };
  } finally {
    await instance?.dispose();
    await model.close();
  }
}
