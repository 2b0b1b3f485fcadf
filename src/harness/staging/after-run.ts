import type { Diagnosis } from "../outcome.ts";
import { cleanUp, type Endpoint } from "./clean-up.ts";
import { isOfRun } from "./namespace.ts";
import type { SharedUse } from "./types.ts";

/** Keys named in one message. */
const NAMED = 10;

/**
 * Deletes what a run left on an endpoint that others use too, and verifies it by the endpoint's own list. Nothing is done
 * when the run wrote nothing.
 * @param name the target's, for the command that cleans up later
 * @returns what is to be said when something stays, or may have stayed. Never rejects.
 */
export async function cleanUpAfterRun(
  name: string,
  endpoint: Endpoint,
  use: SharedUse,
): Promise<Diagnosis[]> {
  if (!use.log.wrote) return [];
  const command = `lockstep cleanup ${name} --run ${use.run}`;
  try {
    const { left } = await cleanUp(endpoint, {
      isWanted: ({ key }) => isOfRun(key, use.run),
      pace: use.pace,
    });
    if (left.length === 0) return [];
    const named = left.slice(0, NAMED).map(({ key, why }) => `${key} (${why})`);
    const more = left.length > NAMED ? [`and ${left.length - NAMED} more`] : [];
    return [
      {
        title: `${left.length} of this run's sessions ${left.length === 1 ? "is" : "are"} still on the target`,
        detail: [...named, ...more, `try again: ${command}`].join("\n  "),
        explains: 0,
      },
    ];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [
      {
        title: "nobody knows whether this run's sessions are gone from the target",
        detail: `${why}\n  clean up later: ${command}`,
        explains: 0,
      },
    ];
  }
}
