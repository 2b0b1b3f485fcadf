import { MARKS } from "./case-list.js";
import { byId, el } from "./dom.js";
import { countValues, NO_CRITERIA } from "./filter.js";
import { allDifferences } from "./model.js";

/**
 * @typedef {import("./model.js").Case} Case
 * @typedef {import("./filter.js").Criteria} Criteria
 */

/** @param {string} id @param {string} all @param {[string, number][]} values */
function fillSelect(id, all, values) {
  const options = values.map(([value, count]) => el("option", { value }, `${value} (${count})`));
  byId(id).replaceChildren(el("option", { value: "" }, all), ...options);
}

/** @param {string} id */
function selectOf(id) {
  const found = byId(id);
  if (!(found instanceof HTMLSelectElement)) throw new Error(`${id} is no select`);
  return found;
}

/** Search and filters above the list. */
export class Toolbar {
  /** @type {Criteria} */
  criteria = NO_CRITERIA;
  #onChange;
  #search = /** @type {HTMLInputElement} */ (byId("search"));

  /** @param {Case[]} cases @param {(criteria: Criteria) => void} onChange */
  constructor(cases, onChange) {
    this.#onChange = onChange;
    fillSelect(
      "kind",
      "Any kind",
      countValues(
        cases.flatMap((one) => [...new Set(allDifferences(one).map(({ difference }) => difference.kind))]),
      ),
    );
    fillSelect(
      "level",
      "Any level",
      countValues(
        cases.flatMap((one) => [...new Set(allDifferences(one).map(({ difference }) => difference.level))]),
      ),
    );
    fillSelect(
      "area",
      "Any method",
      countValues(cases.map(({ area }) => area)).sort(([a], [b]) => (a < b ? -1 : 1)),
    );
    const chips = countValues(cases.map(({ status }) => status)).map(([status, count]) =>
      el(
        "button",
        {
          type: "button",
          class: "chip",
          "data-status": status,
          "aria-pressed": "false",
          onclick: () => this.#toggle(status),
        },
        el("span", { class: "mark", "aria-hidden": "true" }, MARKS[status] ?? ""),
        `${status.replace("-", " ")} `,
        el("span", { class: "count" }, String(count)),
      ),
    );
    byId("chips").replaceChildren(...chips);
    this.#search.addEventListener("input", () => this.change({ text: this.#search.value }));
    for (const id of /** @type {const} */ (["kind", "level", "area"])) {
      const select = selectOf(id);
      select.addEventListener("change", () => this.change({ [id]: select.value }));
    }
    byId("reset").addEventListener("click", () => this.change(NO_CRITERIA));
  }

  /** @param {string} status */
  #toggle(status) {
    const { statuses } = this.criteria;
    const rest = statuses.filter((one) => one !== status);
    this.change({ statuses: rest.length < statuses.length ? rest : [...statuses, status] });
  }

  /** Takes up other criteria, those not named stay. @param {Partial<Criteria>} criteria */
  change(criteria) {
    this.criteria = { ...this.criteria, ...criteria };
    const { text, statuses, kind, level, area } = this.criteria;
    if (this.#search.value !== text) this.#search.value = text;
    for (const [id, value] of Object.entries({ kind, level, area })) selectOf(id).value = value;
    for (const chip of byId("chips").children) {
      chip.setAttribute("aria-pressed", String(statuses.includes(chip.getAttribute("data-status") ?? "")));
    }
    byId("reset").hidden = JSON.stringify(this.criteria) === JSON.stringify(NO_CRITERIA);
    this.#onChange(this.criteria);
  }

  focusSearch() {
    this.#search.focus();
    this.#search.select();
  }
}
