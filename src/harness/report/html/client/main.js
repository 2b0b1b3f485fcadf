import { caseDetail } from "./case-detail.js";
import { CaseList } from "./case-list.js";
import { byId } from "./dom.js";
import { filterCases, NO_CRITERIA } from "./filter.js";
import { isBad, readCases } from "./model.js";
import { startTheme, toggleTheme } from "./theme.js";
import { Toolbar } from "./toolbar.js";
import { hideTip, moveTip } from "./tooltip.js";

/** @typedef {import("./model.js").Case} Case */

/** Fragment of the page's address that names a case. @param {string} id */
const fragmentOf = (id) => `#${encodeURIComponent(id)}`;

function startPage() {
  const data = JSON.parse(byId("data").textContent ?? "");
  const cases = readCases(data);
  const waivers = new Map(
    data.waivers.map((/** @type {import("./model.js").Waiver} */ one) => [one.id, one]),
  );
  const detail = byId("detail");

  /** @param {Case} one @param {boolean} isOpened */
  const open = (one, isOpened) => {
    hideTip();
    detail.replaceChildren(caseDetail(one, waivers));
    detail.scrollTop = 0;
    history.replaceState(null, "", fragmentOf(one.id));
    if (!isOpened) return;
    byId("detail-title").focus({ preventScroll: true });
    // On a narrow page the case stands below the list.
    const isBeside = detail.offsetTop === byId("list").parentElement?.offsetTop;
    (isBeside ? byId("workspace") : detail).scrollIntoView({ block: "start" });
  };
  const list = new CaseList(open);
  const toolbar = new Toolbar(cases, (criteria) => {
    const found = filterCases(cases, criteria);
    list.show(found);
    byId("shown").textContent =
      found.length === cases.length ? `${cases.length} cases` : `${found.length} of ${cases.length} cases`;
    byId("none").hidden = found.length > 0;
  });

  /** Opens the case that the address names. */
  const followAddress = () => {
    let id = "";
    try {
      id = decodeURIComponent(location.hash.slice(1));
    } catch {
      return false;
    }
    const one = cases.find((each) => each.id === id);
    if (one === undefined) return false;
    if (!list.cases.includes(one)) toolbar.change(NO_CRITERIA);
    list.select(list.cases.indexOf(one), true);
    return true;
  };

  for (const link of document.querySelectorAll("[data-filter-area], [data-filter-status]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const status = link.getAttribute("data-filter-status");
      toolbar.change({
        ...NO_CRITERIA,
        area: link.getAttribute("data-filter-area") ?? "",
        statuses: status === null ? [] : [status],
      });
      byId("workspace").scrollIntoView({ block: "start" });
      list.focus();
    });
  }

  const help = /** @type {HTMLDialogElement} */ (byId("help"));
  /** @type {Record<string, () => void>} What single keys do outside of fields. */
  const keys = {
    "/": () => toolbar.focusSearch(),
    j: () => list.move(1),
    k: () => list.move(-1),
    ArrowDown: () => list.move(1),
    ArrowUp: () => list.move(-1),
    Enter: () => list.select(Math.max(0, list.selected), true),
    t: toggleTheme,
    "?": () => help.showModal(),
  };
  /** @param {KeyboardEvent} event */
  const leave = ({ target }) => {
    hideTip();
    const wasSearching = target === byId("search");
    if (wasSearching && toolbar.criteria.text !== "") toolbar.change({ text: "" });
    else list.focus();
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    const target = event.target instanceof Element ? event.target : document.body;
    if (event.key === "Escape") return leave(event);
    if (target === byId("search") && (event.key === "Enter" || event.key === "ArrowDown")) {
      event.preventDefault();
      list.focus();
      if (list.selected < 0) list.move(1);
      return;
    }
    if (target.closest("input, select, textarea") !== null) return;
    const isPressable = target.closest("button, a, summary, pre") !== null;
    // Arrows scroll the page until somebody is at the cases.
    const isElsewhere = event.key.startsWith("Arrow") && target.closest("#workspace") === null;
    if (isElsewhere || (isPressable && event.key === "Enter")) return;
    const action = Object.hasOwn(keys, event.key) ? keys[event.key] : undefined;
    if (action === undefined) return;
    event.preventDefault();
    action();
  });
  byId("keys").addEventListener("click", () => help.showModal());
  document.addEventListener("scroll", moveTip, { capture: true, passive: true });
  addEventListener("hashchange", followAddress);

  startTheme();
  document.documentElement.classList.add("scripted");
  const isAnyBad = cases.some(isBad);
  const bad = [...new Set(cases.filter(isBad).map(({ status }) => status))];
  toolbar.change({ ...NO_CRITERIA, statuses: isAnyBad ? bad : [] });
  followAddress();
}

startPage();
