import { isMethodName, METHODS } from "../../contract/index.ts";
import type { ScenarioFile } from "./schema.ts";

/** Methods a scenario is about that OpenClaw lacks and Lockstep defines. */
export function ownMethodsOf({ covers }: Pick<ScenarioFile, "covers">): string[] {
  return covers.filter((covered) => isMethodName(covered) && METHODS[covered].origin === "lockstep");
}

/**
 * Whether a scenario is about a method that OpenClaw lacks and Lockstep defines. Its recording is made from the bundled
 * gateway, and OpenClaw itself is not held to it.
 */
export function isOwnScenario(scenario: Pick<ScenarioFile, "covers">): boolean {
  return ownMethodsOf(scenario).length > 0;
}
