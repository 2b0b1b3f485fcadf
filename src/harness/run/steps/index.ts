import type { Step } from "../../scenario/schema.ts";
import type { StepCapture } from "../capture.ts";
import type { CaseContext } from "../case-context.ts";
import { runCall, runTogether } from "./call.ts";
import { runConnect, runOpen } from "./connect.ts";
import { runRaw } from "./raw.ts";
import { runFiles, runProcess, runWrite } from "./state.ts";
import { runClose, runClosed, runEvent, runPause, runQuiet, runResume, runWait } from "./watch.ts";

/**
 * Runs one step.
 * @returns what it saw; a deadline that passes is part of that, not an error.
 * @throws CaseStop when the case cannot go on, TemplateError when a template has no value.
 */
export function runStep(context: CaseContext, step: Step): Promise<StepCapture> {
  if ("call" in step) return runCall(context, step);
  if ("connect" in step) return runConnect(context, step);
  if ("open" in step) return runOpen(context, step);
  if ("close" in step) return runClose(context, step);
  if ("closed" in step) return runClosed(context, step);
  if ("pause" in step) return runPause(context, step);
  if ("resume" in step) return runResume(context, step);
  if ("event" in step) return runEvent(context, step);
  if ("quiet" in step) return runQuiet(context, step);
  if ("together" in step) return runTogether(context, step);
  if ("process" in step) return runProcess(context, step);
  if ("files" in step) return runFiles(context, step);
  if ("write" in step) return runWrite(context, step);
  if ("wait" in step) return runWait(context, step);
  return runRaw(context, step);
}
