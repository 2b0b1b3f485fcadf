/**
 * Every error the tool reports by itself, with the exit code it ends in. `docs/errors.md` has an entry for each; a test
 * holds the two together.
 */
export const LOCKSTEP_ERRORS = {
  USAGE: 2,
  SETTINGS_INVALID: 2,
  SCENARIO_INVALID: 2,
  FIXTURE_INVALID: 2,
  EXCLUSIONS_INVALID: 2,
  RECORDING_INVALID: 2,
  RECORDING_MISSING: 2,
  OUTCOME_INVALID: 2,
  CAPTURE_INVALID: 2,
  REPORT_TRUNCATED: 3,
  SHARDS_MISSING: 3,
  SHARDS_DIFFER: 2,
  WAIVERS_INVALID: 2,
  REQUIREMENTS_INVALID: 2,
  REQUIREMENTS_FROZEN: 2,
  POLICY_INVALID: 2,
  NOTHING_SELECTED: 2,
  RECORD_IN_CI: 2,
  TARGET_INVALID: 2,
  TARGET_INSECURE: 2,
  SECRET_IN_RECORDING: 5,
  RECORDING_UNSTABLE: 3,
  INSTALL_FAILED: 3,
  TARGET_UNREACHABLE: 3,
  TARGET_DIED: 3,
  DEVICE_IDENTITY_INVALID: 2,
  NOT_PAIRED: 3,
  CLEANUP_INCOMPLETE: 3,
  INTERRUPTED: 3,
  BENCH_INVALID: 2,
  HARNESS_FAULT: 5,
} as const satisfies Record<string, 2 | 3 | 4 | 5>;

export type LockstepErrorCode = keyof typeof LOCKSTEP_ERRORS;

/** An error with a code, the exit code that goes with it, and what to do about it. */
export class LockstepError extends Error {
  override readonly name = "LockstepError";
  readonly code: LockstepErrorCode;
  readonly exitCode: number;
  readonly hint: string | undefined;

  constructor(code: LockstepErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.exitCode = LOCKSTEP_ERRORS[code];
    this.hint = options.hint;
  }
}
