/** What other programs may build on: run a suite, read its outcome, start the bundled gateway. */
export { defineConfig } from "./cli/config/define-config.ts";
export type { LockstepConfig } from "./cli/config/schema.ts";
export { LockstepError, type LockstepErrorCode } from "./contract/index.ts";
export {
  resolveGatewayOptions,
  startGateway,
  type GatewayOptions,
  type RunningGateway,
} from "./gateway/index.ts";
export { runSuite, type RunListener, type SuiteRunOptions } from "./harness/judge/run-suite.ts";
export type { CaseResult, CaseStatus, Diagnosis, Outcome, Verdict } from "./harness/outcome.ts";
export { readOutcome } from "./harness/read-outcome.ts";
export { REPORTERS, type ReporterName } from "./harness/report/reporters.ts";
export { runCases } from "./harness/run/index.ts";
export { loadSuite, planCases, type Level, type Suite } from "./harness/scenario/index.ts";
export { resolveTarget, type Target, type TargetOptions } from "./harness/target/index.ts";
