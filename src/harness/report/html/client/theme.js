import { byId } from "./dom.js";

const THEME_KEY = "lockstep-theme";

/** What the reader chose before; a page opened from a file may have no storage. */
function storedTheme() {
  try {
    return localStorage.getItem(THEME_KEY);
  } catch {
    return null;
  }
}

/** Whether the page is dark now, by choice or by the system's setting. */
function isDark() {
  const chosen = document.documentElement.dataset["theme"];
  return chosen === undefined ? matchMedia("(prefers-color-scheme: dark)").matches : chosen === "dark";
}

function tellTheme() {
  const button = byId("theme");
  button.textContent = isDark() ? "Light" : "Dark";
  button.setAttribute("aria-label", `Switch to the ${isDark() ? "light" : "dark"} theme`);
}

/** Turns light into dark and back, and remembers it. */
export function toggleTheme() {
  const theme = isDark() ? "light" : "dark";
  document.documentElement.dataset["theme"] = theme;
  tellTheme();
  try {
    localStorage.setItem(THEME_KEY, theme);
  } catch {
    // It lasts for this visit then.
  }
}

/** Takes up what was chosen before and listens for the button. */
export function startTheme() {
  const stored = storedTheme();
  if (stored === "light" || stored === "dark") document.documentElement.dataset["theme"] = stored;
  tellTheme();
  byId("theme").addEventListener("click", toggleTheme);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", tellTheme);
}
