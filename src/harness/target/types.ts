import type { DeviceIdentity } from "../../wire/index.ts";
import type { SharedUse } from "../staging/types.ts";

/** What a target that we launch is started from. */
export interface StartingState {
  /** Content of `openclaw.json`, complete but for the port, the token and the bind address. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Path below the state directory -> content. */
  readonly files: ReadonlyMap<string, string>;
  /** Environment on top of what the target needs anyway. */
  readonly env: Readonly<Record<string, string>>;
}

/** Conditions that are varied between captures, so that what depends on them can be told from what does not. */
export interface LaunchConditions {
  /** TZ of the process. */
  readonly timeZone?: string;
  /** Distance of the target's clock from ours, where the target can bear it. */
  readonly clockOffsetMs?: number;
  /** Folder below which the state directory is made. */
  readonly stateRoot?: string;
  /**
   * An existing folder to be HOME in place of one made for the launch. The target serves the `.openclaw` in it as it
   * finds it, apart from the config, and leaves it there when it is disposed of.
   */
  readonly home?: string;
  /** Called before each start of a process, when its state lies there; the process is started as soon as it resolves. */
  readonly beforeSpawn?: (place: LaunchPlace) => void | Promise<void>;
}

/** Where a process that is about to start will be found. */
export interface LaunchPlace {
  readonly url: string;
  /** Shared token; empty when the config asks for none. */
  readonly token: string;
  readonly stateDir: string;
}

/** How the process of a running target ended. */
export interface TargetExit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** A target that answers, or did. */
export interface RunningTarget {
  readonly url: string;
  /** Shared token; empty when the endpoint needs none. */
  readonly token: string;
  readonly port: number;
  /** Whom the endpoint shall see in us, case after case; a fresh device for each case when absent. */
  readonly device?: DeviceIdentity;
  /** Scopes that device may ask for; all when absent. */
  readonly scopes?: readonly string[];
  /** Absolute real path of the state directory; absent for an endpoint we did not launch. */
  readonly stateDir?: string;
  readonly clockOffsetMs: number;
  /** Leader of the process group we launched, while it runs; absent for an endpoint in no process of its own. */
  readonly processGroup?: () => number | undefined;
  /** Set once the process ended without being asked to. */
  readonly exited: () => TargetExit | undefined;
  /** The last lines the process wrote. */
  readonly logTail: () => readonly string[];
  /** Clean stop (SIGTERM); resolves when the process is gone. The state directory stays. */
  readonly stop: () => Promise<void>;
  /** `kill -9`. */
  readonly kill: () => Promise<void>;
  /** Starts it again on the same port and state directory; resolves when it is ready. */
  readonly start: () => Promise<void>;
  /** Puts another starting state under the running process, where the target notices such a change. */
  readonly reseed?: (state: StartingState) => Promise<void>;
  /** The state the next `start` starts from: its config is written now, its environment is used then; files stay. */
  readonly adopt?: (state: StartingState) => Promise<void>;
  /** Stops it and removes what was made for it. */
  readonly dispose: () => Promise<void>;
}

/** Something that can be checked. */
export interface Target {
  readonly kind: "reference" | "url" | "cmd" | "openclaw";
  /** As given on the command line. */
  readonly name: string;
  /** Fixtures, config and restarts need a target we launch. */
  readonly launches: boolean;
  /** A process may serve many cases, each with its state put under it, when the scenario asks for no process of its own. */
  readonly reseeds: boolean;
  /** How many instances may run at once. */
  readonly parallel: number;
  /** What may be done to it and how fast, when others use it too; absent for one that we launch. */
  readonly shared?: SharedUse;
  /** @throws LockstepError TARGET_UNREACHABLE, TARGET_DIED, INSTALL_FAILED */
  readonly launch: (state: StartingState, conditions: LaunchConditions) => Promise<RunningTarget>;
}

/**
 * How the bundled gateway is started in this process. The harness knows no gateway, so whoever composes both (the
 * command line) hands this in.
 */
export type ReferenceLauncher = (options: {
  readonly stateDir: string;
  readonly token: string;
  readonly env: Readonly<Record<string, string>>;
}) => Promise<{
  readonly port: number;
  readonly stop: () => Promise<void>;
  readonly kill: () => Promise<void>;
}>;
