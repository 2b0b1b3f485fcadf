import type { Pace } from "./pace.ts";

/** What whoever starts a run lets it do to an endpoint that others use too. */
export interface Permission {
  /** Sessions of the run's own may be made, changed and deleted. */
  readonly writes: boolean;
  /** Broken frames, refused connects and further devices. */
  readonly negative: boolean;
}

/** How one run behaves on an endpoint that others use too. */
export interface SharedUse extends Permission {
  /** What the ids of all its cases begin with. */
  readonly run: string;
  /** Holds every frame back until it may go. */
  readonly pace: Pace;
  /** What the run did so far. */
  readonly log: { wrote: boolean; cases: number };
}
