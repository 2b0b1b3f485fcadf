import { compare, reachedLevel } from "../compare/index.ts";
import type { CaseContext } from "../judge/judge-case.ts";
import { satisfies } from "../judge/levels.ts";
import { partDepartures } from "../judge/oracle-bugs.ts";
import type { Capture } from "../run/capture.ts";

/** What the comparison makes of an altered capture. */
export type Notice =
  | { readonly noticed: true }
  | {
      readonly noticed: false;
      readonly why: string;
      /** The scenario says that it does not look there. */
      readonly isDeliberate: boolean;
    };

/** Whether a case would fail with this capture; if not, what let it pass. */
export function noticeOf(context: CaseContext, capture: Capture): Notice {
  if (context.recorded === undefined)
    return { noticed: false, why: "nobody recorded the case", isDeliberate: false };
  const found = compare(capture, context.recorded);
  const { standing, departures } = partDepartures(found, context.planned.steps, context.oracleBug);
  if (!satisfies(reachedLevel(standing), context.required)) return { noticed: true };
  if (departures.length > 0) {
    const why = "the oracle is known to be wrong in this step, so any answer is allowed";
    return { noticed: false, why, isDeliberate: true };
  }
  if (standing.length > 0) {
    const why = `the scenario asks for the level ${context.required} only`;
    return { noticed: false, why, isDeliberate: true };
  }
  return { noticed: false, why: "the comparison sees no difference", isDeliberate: false };
}
