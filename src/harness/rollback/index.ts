export { refuseUnlaunched, rehearseRollback } from "./rehearse.ts";
export { renderRollback } from "./render.ts";
