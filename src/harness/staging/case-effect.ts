import { createResolver } from "../scenario/resolver.ts";
import { ABSENT, TemplateError, render } from "../scenario/template.ts";
import type { ExpandedCase } from "../scenario/index.ts";
import type { CallStep, RawStep, ScenarioFile, Step } from "../scenario/schema.ts";
import { whyNotOrdinary } from "./connect-effect.ts";
import { ruleOnMessage } from "./message-effect.ts";
import { caseIdOf } from "./namespace.ts";
import { ruleOn } from "./request-effect.ts";
import type { Permission } from "./types.ts";

interface Look {
  readonly permission: Permission;
  readonly id: string;
  /** Fills in what is known before the run; the rest stays a template, which is nobody's key. */
  readonly fill: (value: unknown) => unknown;
}

function ofCall(step: CallStep, { permission, id, fill }: Look): string | undefined {
  const method = fill(step.call);
  if (method === "connect") return permission.negative ? undefined : "connects twice; --negative lets it";
  const params = step.params === undefined ? undefined : fill(step.params);
  return ruleOn({ method: typeof method === "string" ? method : "", params }, permission, id).reason;
}

const NO_DEVICES: ReadonlySet<string> = new Set();

/** JSON that a message is made of; what is nested too deeply to be looked at is left to the look right before sending. */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "null";
  } catch (error) {
    if (error instanceof RangeError) return "";
    throw error;
  }
}

function ofRaw(step: RawStep, { permission, id, fill }: Look): string | undefined {
  const message =
    step.base64 === undefined
      ? typeof step.raw === "string"
        ? String(fill(step.raw))
        : jsonOf(fill(step.raw ?? null) ?? null)
      : Buffer.from(step.base64, "base64");
  const isConnect = typeof message === "string" && message.includes('"connect"');
  if (isConnect && !permission.negative)
    return "connects in a way that no working client does (raw); --negative lets it";
  return ruleOnMessage(message, permission, { id, devices: NO_DEVICES }).reason;
}

function ofConnect(step: Extract<Step, { connect: unknown }>, look: Look): string | undefined {
  const { permission } = look;
  const why = permission.negative ? undefined : whyNotOrdinary(step.connect);
  if (why !== undefined) return why;
  for (const behind of step.then ?? []) {
    const reason = ofRaw({ raw: behind }, look);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function ofStep(step: Step, look: Look): string | undefined {
  const { negative } = look.permission;
  if ("call" in step) return ofCall(step, look);
  if ("together" in step)
    return step.together.map((call) => ofCall(call, look)).find((reason) => reason !== undefined);
  if ("connect" in step) return ofConnect(step, look);
  if ("raw" in step || "base64" in step) return ofRaw(step, look);
  if (negative) return undefined;
  if ("pause" in step)
    return "stops reading, so that the gateway has to hold back what it sends; --negative lets it";
  const isOddOpen = "open" in step && (step.open.headers !== undefined || step.open.path !== undefined);
  return isOddOpen ? "opens a socket in a way that no working client does; --negative lets it" : undefined;
}

function fillerFor(planned: ExpandedCase, scenario: ScenarioFile, id: string): Look["fill"] {
  const resolve = createResolver({ run: id, now: 0, let: scenario.let ?? {}, case: planned.values });
  return (value) => {
    try {
      const filled = render(value, resolve);
      return filled === ABSENT ? undefined : filled;
    } catch (error) {
      if (error instanceof TemplateError) return value;
      throw error;
    }
  };
}

/**
 * Why a case must not run on an endpoint that others use too, found from its steps and the contract alone.
 * @returns nothing when all it does is allowed; the sending side looks once more at what then really goes out.
 */
export function whyNotOnShared(
  planned: ExpandedCase,
  scenario: ScenarioFile,
  use: Permission & { readonly run: string },
): string | undefined {
  const id = caseIdOf(use.run, 0);
  const look: Look = { permission: use, id, fill: fillerFor(planned, scenario, id) };
  const first = use.negative || scenario.connect === undefined ? undefined : whyNotOrdinary(scenario.connect);
  return first ?? planned.steps.map((step) => ofStep(step, look)).find((reason) => reason !== undefined);
}
