export { renderCertificate } from "./certificate.ts";
export { decide } from "./decide.ts";
export { decisionFile } from "./decision.ts";
export type { Decision } from "./decision.ts";
export { readEvidence } from "./evidence.ts";
export { DEFAULT_POLICY, gatePolicyFile, readPolicy } from "./policy.ts";
export { REASONS } from "./reasons.ts";
export { renderDecision } from "./render.ts";
