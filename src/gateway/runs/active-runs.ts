import type { RunReporter } from "./reporter.ts";
import type { Steering } from "./steering.ts";

/** A run from the moment it was accepted to the moment it has ended. */
export interface ActiveRun {
  readonly runId: string;
  /** The canonical key of its session; a run without one has none. */
  readonly key: string | undefined;
  /** The session's key as the client wrote it: what it has to name to abort the run. */
  readonly requestedKey: string;
  /** Whether it may be named by any spelling of its session's key; other runs by the one they were asked for alone (quirk 72). */
  readonly anySpelling: boolean;
  readonly reporter: RunReporter;
  readonly controller: AbortController;
  /** What is said to it while it goes on. */
  readonly steering: Steering;
  readonly acceptedAt: number;
  /** When it is aborted at the latest, in milliseconds since 1970. */
  readonly expiresAt: number;
  /** Whether `chat.abort` may end it; runs of `agent` are not its affair. */
  readonly isChat: boolean;
  /** When it was its turn. */
  startedAt: number | undefined;
}

/** What is known of a run when it is accepted. */
export interface Acceptance extends Pick<ActiveRun, "runId" | "key" | "requestedKey" | "isChat"> {
  /** Nobody said anything that it answers. */
  readonly isUnasked?: boolean;
  readonly anySpelling?: boolean;
  /** Milliseconds the client gives the run. */
  readonly timeoutMs: number;
}

/** A session as a client names it, and its canonical key. */
export interface NamedSession {
  readonly requested: string;
  readonly key: string;
}

/** Whether a client that names a session so means a run of it. */
export const isNamedBy = (run: ActiveRun, { requested, key }: NamedSession): boolean =>
  run.requestedKey === requested || (run.anySpelling && run.key === key);

const isAbortable = (run: ActiveRun): boolean => run.isChat && !run.reporter.isEnded;

/** The runs under way, by id. */
export class ActiveRuns {
  private readonly runs = new Map<string, ActiveRun>();

  get size(): number {
    return this.runs.size;
  }

  get(runId: string): ActiveRun | undefined {
    return this.runs.get(runId);
  }

  add(run: ActiveRun): void {
    this.runs.set(run.runId, run);
  }

  remove(run: ActiveRun): void {
    if (this.runs.get(run.runId) === run) this.runs.delete(run.runId);
  }

  all(): ActiveRun[] {
    return [...this.runs.values()];
  }

  /** A run that `chat.abort` may end; those of `agent` are not its affair, and those that have ended don't count. */
  chatRun(runId: string): ActiveRun | undefined {
    const run = this.runs.get(runId);
    return run !== undefined && isAbortable(run) ? run : undefined;
  }

  /** Runs that `chat.abort` means by a session's key. */
  chatRunsOf(named: NamedSession): ActiveRun[] {
    return this.all().filter((run) => isAbortable(run) && isNamedBy(run, named));
  }

  /** Runs of a session that may be aborted, by its canonical key. */
  chatRunsIn(key: string): ActiveRun[] {
    return this.all().filter((run) => isAbortable(run) && run.key === key);
  }

  /** Runs of a session that have begun. */
  startedIn(key: string): ActiveRun[] {
    return this.all().filter((run) => run.key === key && run.startedAt !== undefined);
  }
}
