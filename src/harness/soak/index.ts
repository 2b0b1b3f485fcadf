export { soakFile, type SoakFile, type SoakSize } from "./format.ts";
export { renderSoak } from "./render.ts";
export { runSoak } from "./run-soak.ts";
export { soakSize, USUAL_SOAK } from "./size.ts";
export { soakTarget } from "./soak-target.ts";
