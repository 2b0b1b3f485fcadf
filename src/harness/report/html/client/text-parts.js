/**
 * @typedef {import("./model.js").Difference} Difference
 * @typedef {{ text: string, isChange?: boolean, note?: string }} TextPart
 */

/** What cannot be seen, or turns the direction of what follows. */
const INVISIBLE = /[\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/**
 * A text in which nothing is invisible.
 * @param {string} text
 */
export function visible(text) {
  return text.replaceAll(INVISIBLE, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/**
 * Where two lines part and meet again.
 * @param {string} own the line to part
 * @param {string | null} other its counterpart; null when there is none
 * @returns {TextPart[]}
 */
export function changedParts(own, other) {
  if (other === null || own === other) return [{ text: own }];
  let start = 0;
  while (start < own.length && own[start] === other[start]) start += 1;
  let end = 0;
  const most = Math.min(own.length, other.length) - start;
  while (end < most && own.at(-1 - end) === other.at(-1 - end)) end += 1;
  // A change of a few letters in the middle of a word is read as a change of the word.
  while (start > 0 && /\w/.test(own[start - 1] ?? "")) start -= 1;
  while (end > 0 && /\w/.test(own.at(-end) ?? "")) end -= 1;
  return [
    { text: own.slice(0, start) },
    { text: own.slice(start, own.length - end), isChange: true },
    { text: own.slice(own.length - end) },
  ].filter(({ text }) => text !== "");
}

/**
 * A place where a value was bound, for people: `/1/received/0/payload/id` is step 2, frame 1.
 * @param {string} place
 */
export function describePlace(place) {
  const [, step, frame, rest] = /^\/(\d+)\/received\/(\d+)(.*)$/.exec(place) ?? [];
  if (step !== undefined)
    return `step ${Number(step) + 1}, frame ${Number(frame) + 1}, ${rest === "" ? "the frame itself" : rest}`;
  const [, sentStep, sentRest] = /^\/(\d+)\/sent(.*)$/.exec(place) ?? [];
  if (sentStep !== undefined) return `the request of step ${Number(sentStep) + 1}, ${sentRest}`;
  return place;
}

/**
 * What is known of values that are symbols: text -> a sentence.
 * @param {Difference[]} differences
 * @returns {Map<string, string>}
 */
export function symbolNotes(differences) {
  /** @type {Map<string, string>} */
  const notes = new Map();
  for (const { boundAt, expected, kind } of differences) {
    if (boundAt === undefined || (typeof expected !== "string" && typeof expected !== "number")) continue;
    const text = String(expected);
    // A short value stands in too many places by chance.
    if (text.length < 4 || kind === "order") continue;
    notes.set(
      text,
      `A symbol: this value was bound at ${describePlace(boundAt)}, and has to come back here.`,
    );
  }
  return notes;
}

/** @param {string} name */
function noteOfName(name) {
  if (name.startsWith("any ")) return `Any value of this type: the scenario says nothing about it.`;
  if (name === "secret") return "A credential; it is not shown.";
  return `The symbol ${name}: a value that changes from run to run.`;
}

/**
 * Parts a text at the symbols in it, each with what is known of it.
 * @param {string} text
 * @param {Map<string, string>} notes by `symbolNotes`
 * @param {boolean} hasNames whether `<name>` stands for a symbol here, as it does on the expected side
 * @returns {TextPart[]}
 */
export function symbolParts(text, notes, hasNames) {
  const values = [...notes.keys()].map((value) => value.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const alternatives = [...values, ...(hasNames ? ["<[a-z][\\w. -]*>"] : [])];
  if (alternatives.length === 0) return [{ text }];
  return text
    .split(new RegExp(`(${alternatives.join("|")})`, "i"))
    .map((part, index) => {
      if (index % 2 === 0) return { text: part };
      return { text: part, note: notes.get(part) ?? noteOfName(part.slice(1, -1)) };
    })
    .filter((part) => part.text !== "");
}
