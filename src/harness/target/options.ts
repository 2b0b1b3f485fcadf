import type { DeviceIdentity } from "../../wire/index.ts";
import type { Permission } from "../staging/types.ts";
import type { ReferenceLauncher } from "./types.ts";

/** What `resolveTarget` needs beyond the name of a target. */
export interface TargetOptions {
  /** Shared token of an endpoint that we do not launch; LOCKSTEP_TOKEN of `env` when absent. */
  readonly token?: string;
  /** Accept a plain ws:// URL to another host, where token and frames can be read on the way. */
  readonly insecure?: boolean;
  /** What may be done to an endpoint that we do not launch; it is only read when absent. */
  readonly permission?: Permission;
  /** Frames a second to such an endpoint; 20 when absent. */
  readonly rate?: number;
  /** Connections to such an endpoint at once; 1 when absent. */
  readonly connections?: number;
  /** The device it knows us by, and the scopes that device was given; a fresh one with all scopes when absent. */
  readonly device?: DeviceIdentity;
  readonly scopes?: readonly string[];
  /** Starts the bundled gateway; without it the target `reference` is refused. */
  readonly launchReference?: ReferenceLauncher;
  /** The environment of this process, when it is not `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Milliseconds until a launched target must answer; 30 s when absent. */
  readonly readyTimeoutMs?: number;
  /** Milliseconds a target has to end after SIGTERM before it is killed; 5 s when absent. */
  readonly stopGraceMs?: number;
  /** Ends the wait for a target that does not answer yet. */
  readonly interrupted?: AbortSignal;
  /** Hears one line at a time of what takes long (an installation). */
  readonly onProgress?: (text: string) => void;
}

/** The options with their defaults. */
export interface ResolvedOptions extends TargetOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readyTimeoutMs: number;
  readonly stopGraceMs: number;
  readonly onProgress: (text: string) => void;
}

/** Fills in what a caller leaves out. */
export function withDefaults(options: TargetOptions): ResolvedOptions {
  return {
    ...options,
    env: options.env ?? process.env,
    readyTimeoutMs: options.readyTimeoutMs ?? 30_000,
    stopGraceMs: options.stopGraceMs ?? 5_000,
    onProgress: options.onProgress ?? (() => undefined),
  };
}
