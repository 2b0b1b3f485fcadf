import type { StepKind } from "../run/capture.ts";
import type { z } from "zod";
import * as schema from "./schema.ts";
import type { Step } from "./schema.ts";

/** The schema of each kind of step. */
export const STEP_SCHEMAS: Readonly<Record<StepKind, z.ZodType>> = {
  call: schema.callStep,
  raw: schema.rawStep,
  connect: schema.connectStep,
  open: schema.openStep,
  close: schema.closeStep,
  closed: schema.closedStep,
  pause: schema.pauseStep,
  resume: schema.resumeStep,
  event: schema.eventStep,
  quiet: schema.quietStep,
  together: schema.togetherStep,
  process: schema.processStep,
  files: schema.filesStep,
  write: schema.writeStep,
  wait: schema.waitStep,
};

const KINDS = Object.keys(STEP_SCHEMAS) as StepKind[];

/** What is wrong with a step of no kind. */
export const NO_KIND = `a step needs one of ${KINDS.join(", ")}`;

/** The kind of a step as it stands in a file, or nothing when no member says so. `base64` alone means raw. */
export function kindOf(step: object): StepKind | undefined {
  return (
    KINDS.find((kind) => Object.hasOwn(step, kind)) ?? (Object.hasOwn(step, "base64") ? "raw" : undefined)
  );
}

/**
 * The kind of a step that fits the schema.
 * @throws TypeError for a value that is no step.
 */
export function stepKind(step: Step): StepKind {
  const kind = kindOf(step);
  if (kind === undefined) throw new TypeError("a step without a kind");
  return kind;
}
