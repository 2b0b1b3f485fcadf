import type { ExpandedCase, ScenarioFile } from "../scenario/index.ts";
import { expressionsIn, isOwnScenario } from "../scenario/index.ts";
import { whyNotOnShared, whyScopesLack } from "../staging/index.ts";
import type { Target } from "../target/types.ts";
import { kindOf } from "../scenario/step-kind.ts";

/** Kinds of step that reach past the socket. */
const BEYOND_THE_WIRE = new Set(["process", "files", "write"]);

/**
 * Why a case cannot be run on a target: it needs one that we launch, or asks OpenClaw for what only Lockstep defines.
 * @returns nothing when it can.
 */
export function whyNotApplicable(
  planned: ExpandedCase,
  scenario: ScenarioFile,
  target: Pick<Target, "launches" | "kind" | "shared">,
  granted?: readonly string[],
): string | undefined {
  if (target.kind === "openclaw" && isOwnScenario(scenario)) {
    return "covers a method that OpenClaw lacks; Lockstep defines it";
  }
  if (target.launches) return undefined;
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
