/** What one look found. */
export type CheckState = "ok" | "warn" | "fail" | "skip";

/** One line of `lockstep doctor`. */
export interface Check {
  readonly name: string;
  /** Whose business it is: how lockstep is set up and called, or what the gateway does. */
  readonly about: "set-up" | "gateway";
  readonly state: CheckState;
  readonly message: string;
  /** What to do about it. */
  readonly advice?: string;
}
