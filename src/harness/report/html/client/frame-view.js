import { el } from "./dom.js";
import { foldRows, frameRows } from "./frame-rows.js";
import { changedParts, symbolParts, visible } from "./text-parts.js";
import { explained } from "./tooltip.js";

/**
 * @typedef {import("./frame-rows.js").Row} Row
 * @typedef {import("./model.js").Difference} Difference
 */

/** @param {string} text @param {Map<string, string>} notes @param {boolean} hasNames */
const withSymbols = (text, notes, hasNames) =>
  symbolParts(visible(text), notes, hasNames).map((part) =>
    part.note === undefined ? part.text : explained(part.text, part.note),
  );

/** @param {Row} row @param {"left" | "right"} side @param {Map<string, string>} notes */
function cellOf(row, side, notes) {
  const text = row[side];
  const other = side === "left" ? row.right : row.left;
  const isChanged = row.tone !== "same" && text !== null;
  const sign = !isChanged ? "" : side === "left" ? "−" : "+";
  const cell = el("td", { class: `${side} ${text === null ? "void" : isChanged ? "changed" : "same"}` });
  if (text === null) return cell;
  const parts = isChanged ? changedParts(text, other) : [{ text }];
  const code = el(
    "code",
    {},
    parts.flatMap((part) => {
      const children = withSymbols(part.text, notes, side === "left" && isChanged);
      return part.isChange === true ? [el(side === "left" ? "del" : "ins", {}, children)] : children;
    }),
  );
  code.style.paddingLeft = `${row.depth * 1.1 + 1.4}em`;
  cell.append(el("span", { class: "sign", "aria-hidden": "true" }, sign), code);
  return cell;
}

/** @param {Row[]} rows @param {Map<string, string>} notes */
const bodyOf = (rows, notes) =>
  rows.map((row) => el("tr", { class: row.tone }, cellOf(row, "left", notes), cellOf(row, "right", notes)));

/** @param {Row[]} rows @param {Map<string, string>} notes */
function foldedRows(rows, notes) {
  const line = el("tr", { class: "fold" });
  const unfold = () => line.replaceWith(...bodyOf(rows, notes));
  line.append(
    el(
      "td",
      { colspan: 2 },
      el("button", { type: "button", onclick: unfold }, `${rows.length} lines that agree`),
    ),
  );
  return line;
}

/**
 * One frame as a table of two columns: what was expected, what came.
 * @param {string} caption
 * @param {unknown} frame undefined when none came
 * @param {{ path: string[], difference: Difference }[]} marks
 * @param {Map<string, string>} notes by `symbolNotes`
 */
export function frameTable(caption, frame, marks, notes) {
  return el(
    "div",
    { class: "frame" },
    el(
      "table",
      { class: "diff" },
      el("caption", {}, caption),
      el(
        "thead",
        {},
        el("tr", {}, el("th", { scope: "col" }, "Expected"), el("th", { scope: "col" }, "Actual")),
      ),
      el(
        "tbody",
        {},
        foldRows(frameRows(frame, marks)).flatMap((part) =>
          part.hidden ? [foldedRows(part.rows, notes)] : bodyOf(part.rows, notes),
        ),
      ),
    ),
  );
}

/**
 * A frame as it went over the wire, folded away.
 * @param {string} label
 * @param {unknown} frame
 */
export function rawFrame(label, frame) {
  return el(
    "details",
    { class: "raw" },
    el(
      "summary",
      {},
      label,
      el("code", { class: "peek" }, visible(JSON.stringify(frame) ?? "").slice(0, 160)),
    ),
    el("pre", { tabindex: 0 }, visible(JSON.stringify(frame, null, 2) ?? "")),
  );
}
