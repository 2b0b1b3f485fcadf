import type { Capture, CapturedFile, StepCapture } from "../run/capture.ts";
import type { Exclusion } from "../scenario/schema.ts";
import {
  align,
  isChallenge,
  leafOf,
  matchKeys,
  type AlignContext,
  type Aligned,
  type Unstable,
} from "./align.ts";
import { annotateSent, annotatorOf, fileAnnotatorOf } from "./annotations.ts";
import { isJsonObject, pointerTo } from "./json-tree.ts";
import { isConstant, type Leaf } from "./table.ts";

/** One step of every run, laid over one another. */
export interface AlignedStep {
  readonly kind: string;
  readonly as?: string;
  readonly method?: string;
  readonly sent?: Aligned;
  readonly received: readonly Aligned[];
  /** How many of the frames came before the client sent anything. */
  readonly challenges: number;
  readonly close?: { readonly code: number; readonly reason: Leaf };
  readonly timedOut?: true;
  readonly files?: readonly { readonly path: Leaf; readonly content?: Aligned }[];
  readonly parts?: readonly AlignedStep[];
}

type Base = Pick<AlignContext, "step" | "unstable" | "signature" | "exclusions">;

const silent = () => undefined;
const WAIT = "let the scenario wait for every frame that it causes, or ask for fewer";

/** What a frame is, in two words: what must agree before its content is worth comparing. */
export function frameName(frame: unknown): string {
  if (!isJsonObject(frame)) return "not a frame";
  if (frame["type"] === "event") return `event ${String(frame["event"])}`;
  if (frame["type"] !== "res") return `frame of type ${String(frame["type"])}`;
  const { error } = frame;
  if (frame["ok"] !== false) return "response";
  return isJsonObject(error) ? `error ${String(error["code"])}` : "error";
}

/** The method a step called, also when it wrote the request by hand. */
export function methodOf(step: StepCapture): string | undefined {
  if (step.method !== undefined) return step.method;
  return isJsonObject(step.sent) && typeof step.sent["method"] === "string" ? step.sent["method"] : undefined;
}

/**
 * Lays the captures of one case over one another.
 * @param exclusions per step, pointers relative to each received frame
 * @param unstable receives what differs in structure
 */
export function alignSteps(
  captures: readonly Capture[],
  exclusions: readonly (readonly Exclusion[])[],
  unstable: Unstable[],
  signature: AlignContext["signature"],
): AlignedStep[] {
  const counts = captures.map(({ steps }) => steps.length);
  if (!isConstant(counts)) {
    unstable.push({ step: Math.min(...counts), pointer: "", values: counts, hint: "some runs ended early" });
    return [];
  }
  return (captures[0]?.steps ?? []).map((_, step) =>
    alignStep(
      captures.flatMap((capture) => capture.steps[step] ?? []),
      { step, unstable, signature, exclusions: exclusions[step] ?? [] },
      `/${step}`,
      "",
    ),
  );
}

function alignStep(runs: readonly StepCapture[], base: Base, place: string, pointer: string): AlignedStep {
  const [first] = runs;
  if (first === undefined) throw new Error("a step needs a run");
  const context = (at: string, pointed = at): AlignContext => ({
    ...base,
    place: `${place}/${at}`,
    pointer: `${pointer}/${pointed}`,
    path: [],
    annotate: silent,
    sent: false,
  });
  const refuse = (at: string, values: readonly unknown[], hint: string) => {
    base.unstable.push({ step: base.step, pointer: `${pointer}${at}`, values, hint });
  };
  const names = runs.map((run) => run.received.map(frameName));
  const sameFrames = isConstant(names.map((list) => list.join("\n")));
  if (!sameFrames) refuse("/received", names, `other frames, or another order, between runs: ${WAIT}`);
  const timeouts = runs.map((run) => run.timedOut === true);
  if (!isConstant(timeouts)) refuse("/timedOut", timeouts, "the deadline passed in some runs only: raise it");
  const close = alignClose(runs, context("close"), refuse);
  const method = methodOf(first);
  const received = (sameFrames ? first.received : []).map((frame, index) =>
    align(
      runs.map((run) => run.received[index]),
      { ...context(String(index), `received/${index}`), annotate: annotatorOf(frame, method) },
    ),
  );
  const firstAnswer = first.received.findIndex((frame) => !isChallenge(frame));
  const sent = runs.map((run) => run.sent);
  const parts = first.parts?.map((_, index) =>
    alignStep(
      runs.flatMap((run) => run.parts?.[index] ?? []),
      base,
      `${place}/parts/${index}`,
      `${pointer}/parts/${index}`,
    ),
  );
  return {
    kind: first.kind,
    received,
    challenges: firstAnswer < 0 ? received.length : Math.min(firstAnswer, received.length),
    ...(first.as === undefined ? {} : { as: first.as }),
    ...(first.method === undefined ? {} : { method: first.method }),
    ...(first.sent === undefined
      ? {}
      : { sent: align(sent, { ...context("sent"), annotate: annotateSent, sent: true, exclusions: [] }) }),
    ...(close === undefined ? {} : { close }),
    ...(timeouts[0] === true ? { timedOut: true as const } : {}),
    ...(first.files === undefined ? {} : { files: alignFiles(runs, base, context("files"), refuse) }),
    ...(parts === undefined ? {} : { parts }),
  };
}

function alignClose(
  runs: readonly StepCapture[],
  context: AlignContext,
  refuse: (at: string, values: readonly unknown[], hint: string) => void,
): AlignedStep["close"] {
  const codes = runs.map(({ close }) => close?.code);
  const [code] = codes;
  if (!isConstant(codes)) {
    refuse(
      "/close",
      codes.map((each) => each ?? "open"),
      "closed in some runs only, or with another code",
    );
  } else if (code !== undefined) {
    const reasons = runs.map(({ close }) => close?.reason ?? "");
    const at = { ...context, place: `${context.place}/reason`, path: ["reason"] };
    return { code, reason: leafOf(at, reasons) };
  }
  return undefined;
}

function alignFiles(
  runs: readonly StepCapture[],
  base: Base,
  context: AlignContext,
  refuse: (at: string, values: readonly unknown[], hint: string) => void,
): NonNullable<AlignedStep["files"]> {
  const lists = runs.map((run) => run.files ?? []);
  const paths = lists.map((list) => list.map(({ path }) => path).sort());
  const matched = matchKeys(paths, base.signature);
  if (matched === undefined) {
    refuse("/files", paths, "other files between runs: let the scenario wait until they are written");
    return [];
  }
  return matched.map(({ keys }, index) => {
    const files = lists.map((list, run) => list.find(({ path }) => path === keys[run]));
    const at = (name: string): AlignContext => ({
      ...context,
      place: pointerTo(pointerTo(context.place, index), name),
      pointer: pointerTo(pointerTo(context.pointer, index), name),
      path: [name],
    });
    return { path: leafOf(at("path"), keys), ...alignContent(files, keys[0] ?? "", at("content")) };
  });
}

function alignContent(
  files: readonly (CapturedFile | undefined)[],
  path: string,
  context: AlignContext,
): { content?: Aligned } {
  const contents = files.map((file) => file?.content);
  if (contents.every((content) => content === undefined)) return {};
  const annotate = fileAnnotatorOf(path);
  return { content: align(contents, { ...context, annotate: (place) => annotate(place.slice(1)) }) };
}

function* leavesIn(aligned: Aligned): Generator<Leaf> {
  if (aligned.is === "leaf") yield aligned.leaf;
  else if (aligned.is === "array") for (const item of aligned.items) yield* leavesIn(item);
  else if (aligned.is === "object") for (const [, member] of aligned.members) yield* leavesIn(member);
  else if (aligned.is === "entries") {
    for (const [key, member] of aligned.entries) {
      yield key;
      yield* leavesIn(member);
    }
  }
}

function* sentOf(step: AlignedStep): Generator<Leaf> {
  if (step.sent !== undefined) yield* leavesIn(step.sent);
}

function* answersOf(step: AlignedStep): Generator<Leaf> {
  for (const frame of step.received.slice(step.challenges)) yield* leavesIn(frame);
  if (step.close !== undefined) yield step.close.reason;
  for (const file of step.files ?? []) {
    yield file.path;
    if (file.content !== undefined) yield* leavesIn(file.content);
  }
}

/**
 * Every leaf of the steps, in the order in which the values came into being: challenge, request, answers, files.
 * Requests that go together are all sent before the first answer.
 */
export function* leavesOf(steps: readonly AlignedStep[]): Generator<Leaf> {
  for (const step of steps) {
    for (const frame of step.received.slice(0, step.challenges)) yield* leavesIn(frame);
    yield* sentOf(step);
    for (const part of step.parts ?? []) yield* sentOf(part);
    yield* answersOf(step);
    for (const part of step.parts ?? []) yield* answersOf({ ...part, challenges: 0 });
  }
}
