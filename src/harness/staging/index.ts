export { cleanUpAfterRun } from "./after-run.ts";
export { whyNotOnShared } from "./case-effect.ts";
export { cleanUp } from "./clean-up.ts";
export type { CleanUp, Endpoint } from "./clean-up.ts";
export { createGuard, HeldBack } from "./guard.ts";
export { caseIdOf, caseIdOfKey, createRunPrefix, isOfRun } from "./namespace.ts";
export { DEFAULT_RATE, Pace } from "./pace.ts";
export { diagnoseScopes, missingScopes, whyScopesLack } from "./scopes.ts";
export type { Permission, SharedUse } from "./types.ts";
