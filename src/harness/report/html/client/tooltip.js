import { byId, el } from "./dom.js";

/** @type {HTMLElement | undefined} What is being explained. */
let tipAnchor;

/** Puts the explanation beside what it explains, wherever that was scrolled to. */
export function moveTip() {
  const anchor = tipAnchor;
  if (anchor === undefined) return;
  const tip = byId("tip");
  const at = anchor.getBoundingClientRect();
  const { width, height } = tip.getBoundingClientRect();
  const left = Math.min(Math.max(8, at.left), innerWidth - width - 8);
  const top = at.top - height - 6 < 8 ? at.bottom + 6 : at.top - height - 6;
  tip.style.left = `${left}px`;
  tip.style.top = `${top}px`;
}

/** @param {HTMLElement} anchor @param {string} note */
function showTip(anchor, note) {
  tipAnchor = anchor;
  byId("tip").textContent = note;
  byId("tip").hidden = false;
  moveTip();
}

/** Takes the explanation away. */
export function hideTip() {
  tipAnchor = undefined;
  byId("tip").hidden = true;
}

/**
 * A text that explains itself on hover and focus.
 * @param {string} text
 * @param {string} note
 */
export function explained(text, note) {
  const show = (/** @type {Event} */ { currentTarget }) => {
    if (currentTarget instanceof HTMLElement) showTip(currentTarget, note);
  };
  return el(
    "span",
    {
      class: "symbol",
      tabindex: 0,
      "aria-describedby": "tip",
      onmouseenter: show,
      onfocus: show,
      onmouseleave: hideTip,
      onblur: hideTip,
    },
    text,
  );
}
