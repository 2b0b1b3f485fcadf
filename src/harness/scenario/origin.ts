import { isMethodName, METHODS } from "../../contract/index.ts";
import type { ScenarioFile } from "./schema.ts";

/**
 * Whether a scenario is about a method that OpenClaw lacks and Lockstep defines. Its recording is made from the bundled
 * gateway, and OpenClaw itself is not held to it.
 */
export function isOwnScenario({ covers }: Pick<ScenarioFile, "covers">): boolean {
  return covers.some((covered) => isMethodName(covered) && METHODS[covered].origin === "lockstep");
}
