import type { ExpandedCase, ScenarioFile } from "../scenario/index.ts";
import { expressionsIn, isOwnScenario, ownMethodsOf } from "../scenario/index.ts";
import { whyNotOnShared, whyScopesLack } from "../staging/index.ts";
import type { Target } from "../target/types.ts";
import { kindOf } from "../scenario/step-kind.ts";

/** Kinds of step that reach past the socket. */
const BEYOND_THE_WIRE = new Set(["process", "files", "write"]);

/** What a target says of itself when it is asked before the run. */
export interface TargetNews {
  /** Scopes it gave us, when it said so. */
  readonly granted?: readonly string[] | undefined;
  /** Methods that its hello-ok names, when it names any. */
  readonly serves?: readonly string[] | undefined;
}

const OF_LOCKSTEP = "which OpenClaw lacks and Lockstep defines";

/** Whether a reason is that the method is Lockstep's own: no flag and no other way to reach the target changes that. */
export const isForOwnMethods = (reason: string): boolean => reason.includes(OF_LOCKSTEP);

/**
 * Why an endpoint is not held to what Lockstep defines: behind a URL may be OpenClaw itself, and its hello-ok tells. A port
 * that means to serve such a method has to name it there, as clients look there too.
 */
function whyNotServed(scenario: ScenarioFile, serves: readonly string[]): string | undefined {
  const lacking = ownMethodsOf(scenario).filter((method) => !serves.includes(method));
  if (lacking.length === 0) return undefined;
  return `covers ${lacking.join(", ")}, ${OF_LOCKSTEP}; a target that names it in hello-ok's features.methods is held to it`;
}

/**
 * Why a case cannot be run on a target: it needs one that we launch, or asks OpenClaw for what only Lockstep defines.
 * @returns nothing when it can.
 */
export function whyNotApplicable(
  planned: ExpandedCase,
  scenario: ScenarioFile,
  target: Pick<Target, "launches" | "kind" | "shared">,
  { granted, serves }: TargetNews = {},
): string | undefined {
  if (target.kind === "openclaw" && isOwnScenario(scenario)) {
    return `covers ${ownMethodsOf(scenario).join(", ")}, ${OF_LOCKSTEP}`;
  }
  if (target.launches) return undefined;
  const unserved = serves === undefined ? undefined : whyNotServed(scenario, serves);
  if (unserved !== undefined) return unserved;
  const needs: string[] = [];
  if (scenario.given !== undefined && scenario.given.length > 0)
    needs.push(`the fixtures ${scenario.given.join(", ")}`);
  if (scenario.config !== undefined) needs.push("its own config");
  if (scenario.env !== undefined) needs.push("its own environment");
  if (scenario.isolation === "process") needs.push("a process of its own");
  const beyond = planned.steps.map((step) => kindOf(step)).find((kind) => kind && BEYOND_THE_WIRE.has(kind));
  if (beyond !== undefined) needs.push(`a step of kind ${beyond}`);
  if (expressionsIn([planned.steps, scenario.connect, scenario.let]).includes("state"))
    needs.push("the state directory");
  if (needs.length > 0) return `needs ${needs.join(" and ")}: only a target that we launch has that`;
  const unfit = target.shared === undefined ? undefined : whyNotOnShared(planned, scenario, target.shared);
  return unfit ?? (granted === undefined ? undefined : whyScopesLack(planned, scenario, granted));
}
