export type { Check, CheckState } from "./check.ts";
export { checkTarget } from "./check-target.ts";
export { judgeClock, judgeProbe } from "./judge-probe.ts";
