import { PAGE } from "./page.ts";
import { THEME } from "./theme.ts";
import { WORKSPACE_STYLES } from "./workspace.ts";

/** The page's whole style sheet. */
export const STYLES = `${THEME}${PAGE}${WORKSPACE_STYLES}`;
