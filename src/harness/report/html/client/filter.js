import { allDifferences } from "./model.js";

/**
 * @typedef {import("./model.js").Case} Case
 * @typedef {{ text: string, statuses: string[], kind: string, level: string, area: string }} Criteria
 */

/** @type {Criteria} Everything. */
export const NO_CRITERIA = { text: "", statuses: [], kind: "", level: "", area: "" };

/**
 * The cases that meet all criteria; an empty criterion is met by all. `text` is words, each of which has to occur in id,
 * title, methods or reason.
 * @param {Case[]} cases
 * @param {Criteria} criteria
 */
export function filterCases(cases, { text, statuses, kind, level, area }) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return cases.filter(
    (one) =>
      (statuses.length === 0 || statuses.includes(one.status)) &&
      (area === "" || one.area === area) &&
      words.every((word) => one.haystack.includes(word)) &&
      ((kind === "" && level === "") ||
        allDifferences(one).some(
          ({ difference }) =>
            (kind === "" || difference.kind === kind) && (level === "" || difference.level === level),
        )),
  );
}

/**
 * How often each value occurs, most frequent first.
 * @param {Iterable<string>} values
 */
export function countValues(values) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}
