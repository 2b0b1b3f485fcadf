import { byId, el } from "./dom.js";

/** @typedef {import("./model.js").Case} Case */

/** Pixels, as the style sheet has them. */
const ROW_HEIGHT = 40;
/** Rows made beyond both edges, so that scrolling shows no gaps. */
const OVERSCAN = 12;

/** @type {Record<string, string>} */
export const MARKS = {
  pass: "✓",
  departure: "≈",
  waived: "~",
  fail: "✗",
  "not-applicable": "–",
  incomplete: "?",
  fault: "!",
};

const LEVEL_NAMES = ["shape", "semantic", "exact"];

/** @param {Case} one */
function lights(one) {
  const reached = LEVEL_NAMES.indexOf(one.reached);
  return el(
    "span",
    { class: "lights", "aria-label": `reached ${one.reached}`, role: "img" },
    LEVEL_NAMES.map((_level, index) => el("i", { class: index <= reached ? "on" : "off" })),
  );
}

/** The list of cases: only the rows in sight exist, so that ten thousand scroll as ten do. */
export class CaseList {
  /** @type {Case[]} */
  cases = [];
  selected = -1;
  #box = byId("list");
  #rows = byId("rows");
  #onSelect;

  /** @param {(one: Case, isOpened: boolean) => void} onSelect */
  constructor(onSelect) {
    this.#onSelect = onSelect;
    this.#box.addEventListener("scroll", () => this.draw(), { passive: true });
    new ResizeObserver(() => this.draw()).observe(this.#box);
    this.#box.addEventListener("keydown", (event) => this.#onKey(event));
    this.#rows.addEventListener("click", (event) => {
      const row = event.target instanceof Element ? event.target.closest("[data-index]") : null;
      if (row instanceof HTMLElement) this.select(Number(row.dataset["index"]), true);
    });
  }

  /**
   * Shows other cases; a selected one stays selected if it is among them.
   * @param {Case[]} cases
   */
  show(cases) {
    const kept = this.cases[this.selected];
    this.cases = cases;
    this.selected = kept === undefined ? -1 : cases.indexOf(kept);
    this.#rows.style.height = `${cases.length * ROW_HEIGHT}px`;
    this.#box.scrollTop = 0;
    if (this.selected >= 0) this.#reveal();
    this.draw();
  }

  /** Selects a case by its place in the list. @param {number} index @param {boolean} [isOpened] whether to go on to its detail */
  select(index, isOpened = false) {
    const one = this.cases[index];
    if (one === undefined) return;
    this.selected = index;
    this.#reveal();
    this.draw();
    this.#onSelect(one, isOpened);
  }

  /** Selects a case some places further. @param {number} by */
  move(by) {
    const from = this.selected < 0 && by > 0 ? -1 : this.selected;
    this.select(Math.min(this.cases.length - 1, Math.max(0, from + by)));
  }

  focus() {
    this.#box.focus({ preventScroll: true });
  }

  #reveal() {
    const top = this.selected * ROW_HEIGHT;
    const { scrollTop, clientHeight } = this.#box;
    if (top < scrollTop) this.#box.scrollTop = top;
    else if (top + ROW_HEIGHT > scrollTop + clientHeight)
      this.#box.scrollTop = top + ROW_HEIGHT - clientHeight;
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const page = Math.max(1, Math.floor(this.#box.clientHeight / ROW_HEIGHT) - 1);
    /** @type {Record<string, () => void>} */
    const actions = {
      ArrowDown: () => this.move(1),
      ArrowUp: () => this.move(-1),
      PageDown: () => this.move(page),
      PageUp: () => this.move(-page),
      Home: () => this.select(0),
      End: () => this.select(this.cases.length - 1),
      Enter: () => this.select(Math.max(0, this.selected), true),
    };
    const action = Object.hasOwn(actions, event.key) ? actions[event.key] : undefined;
    if (action === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  }

  /** Makes the rows in sight. */
  draw() {
    const { scrollTop, clientHeight } = this.#box;
    const first = Math.max(0, Math.floor(scrollTop / ROW_HEIGHT) - OVERSCAN);
    const last = Math.min(this.cases.length, Math.ceil((scrollTop + clientHeight) / ROW_HEIGHT) + OVERSCAN);
    const rows = this.cases.slice(first, last).map((one, offset) => this.#row(one, first + offset));
    this.#rows.replaceChildren(...rows);
    const active = this.selected >= first && this.selected < last ? `case-${this.selected}` : undefined;
    if (active === undefined) this.#box.removeAttribute("aria-activedescendant");
    else this.#box.setAttribute("aria-activedescendant", active);
  }

  /** @param {Case} one @param {number} index */
  #row(one, index) {
    const [scenario, name] = [one.scenario, one.id.slice(one.scenario.length)];
    const row = el(
      "div",
      {
        id: `case-${index}`,
        class: "row",
        role: "option",
        "data-index": index,
        "data-status": one.status,
        "aria-selected": String(index === this.selected),
        "aria-setsize": this.cases.length,
        "aria-posinset": index + 1,
        title: one.title,
      },
      el("span", { class: "mark", "aria-label": one.status, role: "img" }, MARKS[one.status] ?? ""),
      el("span", { class: "row-id" }, scenario, el("span", { class: "dim" }, name)),
      lights(one),
    );
    row.style.transform = `translateY(${index * ROW_HEIGHT}px)`;
    return row;
  }
}
