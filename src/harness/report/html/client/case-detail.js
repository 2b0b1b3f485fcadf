import { MARKS } from "./case-list.js";
import { copyButton, el } from "./dom.js";
import { locate } from "./frame-rows.js";
import { frameTable, rawFrame } from "./frame-view.js";
import { allDifferences } from "./model.js";
import { describePlace, symbolNotes, visible } from "./text-parts.js";
import { explained } from "./tooltip.js";

/**
 * @typedef {import("./model.js").Case} Case
 * @typedef {import("./model.js").Difference} Difference
 * @typedef {import("./model.js").StepFrames} StepFrames
 * @typedef {import("./model.js").Waiver} Waiver
 * @typedef {ReturnType<typeof allDifferences>[number]} Judged
 */

/** @type {Record<string, string>} */
const KIND_NOTES = {
  missing: "The oracle sends this member or frame; the target does not.",
  extra: "The target sends this; the oracle does not.",
  type: "Another JSON type.",
  timeout: "Nothing came by the deadline.",
  contract: "The frame breaks the protocol's own schema.",
  close: "The connection closed otherwise than the oracle's.",
  value: "Another value where the oracle's is always the same.",
  binding: "A value that has to be the same as one seen before is another one.",
  distinctness: "Values that have to differ are the same.",
  order: "Values or frames come in another order.",
  count: "Another number of them.",
  code: "Another error code.",
  text: "Another text.",
};

/** @type {Record<string, string>} */
const LEVEL_NOTES = {
  shape: "Level shape: envelope, members, types, ok or not.",
  semantic: "Level semantic: values under the symbols, error codes, order.",
  exact: "Level exact: texts too.",
};

/** @param {unknown} value */
const shown = (value) => visible(JSON.stringify(value) ?? "");

/** @param {Judged} judged @param {Map<string, Waiver>} waivers */
function fateOf({ fate, note }, waivers) {
  if (fate === "stands") return undefined;
  if (fate === "departure") return el("p", { class: "note" }, el("b", {}, "Departure: "), visible(note));
  const waiver = waivers.get(note);
  const { reason, owner, issue, expires } = waiver ?? {};
  const said = [reason, owner && `owner ${owner}`, issue, expires && `until ${expires}`]
    .filter(Boolean)
    .join("; ");
  return el(
    "p",
    { class: "note" },
    el("b", {}, "Waived by "),
    el("code", {}, note),
    visible(said === "" ? "" : `: ${said}`),
  );
}

/** @param {Judged} judged @param {Map<string, Waiver>} waivers */
function differenceItem(judged, waivers) {
  const { kind, level, pointer, expected, actual, message, boundAt } = judged.difference;
  /** @param {string} name @param {unknown} value @param {string} className */
  const side = (name, value, className) =>
    value === undefined
      ? []
      : [el("dt", {}, name), el("dd", {}, el("code", { class: className }, shown(value)))];
  return el(
    "li",
    { class: `difference ${judged.fate}` },
    el(
      "p",
      { class: "difference-head" },
      explained(kind, KIND_NOTES[kind] ?? kind),
      " ",
      explained(level, LEVEL_NOTES[level] ?? level),
      " ",
      el("code", { class: "pointer" }, pointer === "" ? "the step" : visible(pointer)),
    ),
    el("p", {}, visible(message)),
    el(
      "dl",
      { class: "sides" },
      ...side("Expected", expected, "was"),
      ...side("Actual", actual, "is"),
      ...(boundAt === undefined ? [] : [el("dt", {}, "Bound at"), el("dd", {}, describePlace(boundAt))]),
    ),
    fateOf(judged, waivers),
  );
}

/** @param {unknown} sent */
function requestName(sent) {
  if (typeof sent !== "object" || sent === null || !("method" in sent)) return "";
  return typeof sent.method === "string" ? sent.method : "";
}

/** @param {StepFrames} frames @param {Difference[]} differences @param {Map<string, string>} notes */
function frameViews(frames, differences, notes) {
  /** @type {Map<number, { path: string[], difference: Difference }[]>} */
  const byFrame = new Map();
  for (const difference of differences) {
    const place = locate(difference, frames.received);
    if (place === undefined) continue;
    byFrame.set(place.frame, [...(byFrame.get(place.frame) ?? []), { path: place.path, difference }]);
  }
  const tables = [...byFrame]
    .sort(([a], [b]) => a - b)
    .map(([index, marks]) => frameTable(`Frame ${index + 1}`, frames.received[index], marks, notes));
  return [
    ...tables,
    ...(frames.sent === undefined ? [] : [rawFrame("Sent ", frames.sent)]),
    ...frames.received.map((frame, index) => rawFrame(`Received ${index + 1} `, frame)),
  ];
}

/** @param {Case} one @param {Map<string, Waiver>} waivers */
function stepSections(one, waivers) {
  const all = allDifferences(one);
  const notes = symbolNotes(all.map(({ difference }) => difference));
  return [...new Set(all.map(({ difference }) => difference.step))].map((step) => {
    const own = all.filter(({ difference }) => difference.step === step);
    const frames = one.frames[String(step)];
    const name = requestName(frames?.sent);
    return el(
      "section",
      { class: "step" },
      el("h3", {}, `Step ${step + 1}`, name === "" ? undefined : el("code", {}, name)),
      el(
        "ol",
        { class: "differences" },
        own.map((judged) => differenceItem(judged, waivers)),
      ),
      frames === undefined
        ? undefined
        : frameViews(
            frames,
            own.map(({ difference }) => difference),
            notes,
          ),
    );
  });
}

/** @param {Case} one */
function facts(one) {
  const all = [
    ["Required", one.required],
    ["Reached", one.reached],
    ["Covers", one.covers.join(", ")],
    ["Took", `${one.durationMs} ms`],
    ...(one.attempts.length === 0 ? [] : [["Attempts", one.attempts.join(", ")]]),
  ];
  return el(
    "dl",
    { class: "facts" },
    all.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))),
  );
}

/**
 * All that is known of one case.
 * @param {Case} one
 * @param {Map<string, Waiver>} waivers
 */
export function caseDetail(one, waivers) {
  return el(
    "article",
    { "data-status": one.status, "aria-labelledby": "detail-title" },
    el(
      "header",
      {},
      el("p", { class: "status" }, `${MARKS[one.status] ?? ""} ${one.status.replace("-", " ")}`),
      el("h2", { id: "detail-title", tabindex: -1 }, one.id),
      el("p", { class: "title" }, one.title),
    ),
    one.reason === "" ? undefined : el("p", { class: "reason" }, visible(one.reason)),
    facts(one),
    el(
      "div",
      { class: "repeat" },
      el("pre", { tabindex: 0, "aria-label": "The command that repeats this case" }, one.repeat),
      copyButton("Copy", one.repeat),
    ),
    stepSections(one, waivers),
    one.logTail.length === 0
      ? undefined
      : el(
          "section",
          { class: "step" },
          el("h3", {}, "End of the target's log"),
          el("pre", { class: "log", tabindex: 0 }, visible(one.logTail.join("\n"))),
        ),
  );
}
