/**
 * @typedef {import("./model.js").Difference} Difference
 * @typedef {{ left: string | null, right: string | null, depth: number, tone: "same" | "changed" | "missing" | "extra",
 *   difference?: Difference }} Row
 *   `left` is what was expected, `right` what came; null where that side has no such line.
 */

/**
 * Parts of a JSON pointer.
 * @param {string} pointer
 */
export function pointerParts(pointer) {
  return pointer === ""
    ? []
    : pointer
        .slice(1)
        .split("/")
        .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
const isContainer = (value) => typeof value === "object" && value !== null;

/** @param {unknown} value @param {string[]} path @returns {unknown} */
function valueAt(value, path) {
  return path.reduce(
    (/** @type {unknown} */ at, part) => (isContainer(at) && Object.hasOwn(at, part) ? at[part] : undefined),
    value,
  );
}

/** @param {unknown} a @param {unknown} b */
const sameJson = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/**
 * Where among a step's frames a difference lies. Requests sent together keep their frames in one list, so that of these the
 * frame is known by the value at the place.
 * @param {Difference} difference
 * @param {unknown[]} received
 * @returns {{ frame: number, path: string[] } | undefined}
 */
export function locate(difference, received) {
  const [first, second, third, fourth, ...rest] = pointerParts(difference.pointer);
  if (first === "received" && second !== undefined) {
    const path = [third, fourth].filter((part) => part !== undefined);
    return { frame: Number(second), path: [...path, ...rest] };
  }
  if (first === "close") {
    const frame = received.findIndex((one) => isContainer(one) && Object.hasOwn(one, "close"));
    const path = [second, third, fourth].filter((part) => part !== undefined);
    return frame < 0 ? undefined : { frame, path: ["close", ...path, ...rest] };
  }
  if (first === "parts" && third === "received" && fourth !== undefined && difference.actual !== undefined) {
    const frame = received.findIndex((one) => sameJson(valueAt(one, rest), difference.actual));
    return frame < 0 ? undefined : { frame, path: rest };
  }
  return undefined;
}

/**
 * Lines of a value as indented JSON.
 * @param {string} label what stands before it, such as `"key": `
 * @param {unknown} value
 * @param {number} depth
 * @param {boolean} isLast whether no comma follows
 * @returns {{ text: string, depth: number }[]}
 */
function linesOf(label, value, depth, isLast) {
  const lines = (JSON.stringify(value, null, 1) ?? "undefined").split("\n");
  return lines.map((line, index) => {
    const bare = line.trimStart();
    const text = `${index === 0 ? label : ""}${bare}${index === lines.length - 1 && !isLast ? "," : ""}`;
    return { text, depth: depth + line.length - bare.length };
  });
}

/**
 * Rows of a place where both sides differ, as many as the longer side has lines.
 * @param {{ text: string, depth: number }[]} left
 * @param {{ text: string, depth: number }[]} right
 * @param {Difference} difference
 * @returns {Row[]}
 */
function pairLines(left, right, difference) {
  const tone = right.length === 0 ? "missing" : left.length === 0 ? "extra" : "changed";
  return Array.from({ length: Math.max(left.length, right.length) }, (_, index) => ({
    left: left[index]?.text ?? null,
    right: right[index]?.text ?? null,
    depth: left[index]?.depth ?? right[index]?.depth ?? 0,
    tone,
    ...(index === 0 ? { difference } : {}),
  }));
}

/**
 * One frame, expected and actual side by side. Only what differs is known of the recording; everywhere else both sides
 * agree, and what came stands for both.
 * @param {unknown} frame what came; undefined when nothing did
 * @param {{ path: string[], difference: Difference }[]} marks
 * @returns {Row[]}
 */
export function frameRows(frame, marks) {
  const byPath = new Map(marks.map((mark) => [JSON.stringify(mark.path), mark.difference]));

  /** @param {string} label @param {unknown} value @param {string[]} path @param {boolean} isLast @returns {Row[]} */
  const rowsOf = (label, value, path, isLast) => {
    const depth = path.length;
    const difference = byPath.get(JSON.stringify(path));
    if (difference !== undefined) {
      const isExtra = difference.kind === "extra";
      const expected = difference.expected === undefined && !isExtra ? value : difference.expected;
      const left = isExtra || expected === undefined ? [] : linesOf(label, expected, depth, isLast);
      const right = value === undefined ? [] : linesOf(label, value, depth, isLast);
      return pairLines(left, right, difference);
    }
    if (!isContainer(value)) {
      return linesOf(label, value, depth, isLast).map(({ text }) => ({
        left: text,
        right: text,
        depth,
        tone: "same",
      }));
    }
    const isArray = Array.isArray(value);
    const missing = marks
      .map((mark) => mark.path)
      .filter((at) => at.length === depth + 1 && path.every((part, index) => at[index] === part))
      .map((at) => at[depth] ?? "")
      .filter((key) => !Object.hasOwn(value, key));
    const keys = [...Object.keys(value), ...new Set(missing)];
    const tail = isLast ? "" : ",";
    /** @param {string} text @returns {Row} */
    const same = (text) => ({ left: text, right: text, depth, tone: "same" });
    if (keys.length === 0) return [same(`${label}${isArray ? "[]" : "{}"}${tail}`)];
    return [
      same(`${label}${isArray ? "[" : "{"}`),
      ...keys.flatMap((key, index) =>
        rowsOf(
          isArray ? "" : `${JSON.stringify(key)}: `,
          value[key],
          [...path, key],
          index === keys.length - 1,
        ),
      ),
      same(`${isArray ? "]" : "}"}${tail}`),
    ];
  };
  return rowsOf("", frame, [], true);
}

/** Rows that agree are shown this far around one that differs. */
const CONTEXT = 3;
/** Fewer hidden rows than this are not worth a button. */
const FEWEST_HIDDEN = 4;

/**
 * Parts rows into those worth showing and runs of equal ones to fold away.
 * @param {Row[]} rows
 * @returns {{ hidden: boolean, rows: Row[] }[]}
 */
export function foldRows(rows) {
  const near = rows.map((_row, index) =>
    rows.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ tone }) => tone !== "same"),
  );
  /** @type {{ hidden: boolean, rows: Row[] }[]} */
  const parts = [];
  for (const [index, row] of rows.entries()) {
    const hidden = near[index] !== true;
    const last = parts.at(-1);
    if (last === undefined || last.hidden !== hidden) parts.push({ hidden, rows: [row] });
    else last.rows.push(row);
  }
  return parts.map((part) => (part.rows.length < FEWEST_HIDDEN ? { ...part, hidden: false } : part));
}
