import type { Step } from "../scenario/schema.ts";

/** How a connection ended. */
export interface Close {
  readonly code: number;
  readonly reason: string;
}

/** A file below the state directory: its path relative to it, and its content when the step asked for it. */
export interface CapturedFile {
  readonly path: string;
  readonly content?: unknown;
}

/**
 * What one step saw. `received` holds frames as parsed JSON (a message that is not JSON is kept as
 * `{ "not-json": text }`), in the order of arrival on that connection.
 */
export interface StepCapture {
  readonly kind: StepKind;
  /** The connection, when the step has one. */
  readonly as?: string;
  /** What was sent: a frame, or a raw text. Huge texts are cut for reports. */
  readonly sent?: unknown;
  readonly method?: string;
  readonly received: readonly unknown[];
  readonly close?: Close;
  /** The deadline passed before everything the step waits for was there. */
  readonly timedOut?: boolean;
  /** That deadline, ms, where it was brought forward because the case was settled before. */
  readonly cutTo?: number;
  readonly files?: readonly CapturedFile[];
  /** Captures of the requests of a `together` step. */
  readonly parts?: readonly StepCapture[];
}

export type StepKind =
  | "call"
  | "raw"
  | "connect"
  | "open"
  | "close"
  | "closed"
  | "pause"
  | "resume"
  | "event"
  | "quiet"
  | "together"
  | "process"
  | "files"
  | "write"
  | "wait";

/** A frame that breaks the contract, wherever in the run it was seen. */
export interface ContractBreach {
  /** Index of the step during which it arrived. */
  readonly step: number;
  readonly as: string;
  readonly pointer: string;
  readonly message: string;
  readonly frame: unknown;
}

/** All that one run of one case saw. */
export interface Capture {
  readonly scenario: string;
  /** Name of the case within the scenario; empty when the scenario has just one. */
  readonly case: string;
  readonly steps: readonly StepCapture[];
  readonly breaches: readonly ContractBreach[];
  /**
   * Values this run knows because it chose them: run id, token, state directory, port, device ids, times of the
   * fixtures. Name -> value; the learner gives them these names.
   */
  readonly known: Readonly<Record<string, string | number>>;
  /** Names in `known` that must never be written down. */
  readonly secrets: readonly string[];
  /** The target's clock when the case began and ended, epoch ms. */
  readonly clock: { readonly start: number; readonly end: number };
}

/** Why a case gave no capture. */
export type RunFailure =
  | { readonly kind: "not-applicable"; readonly reason: string }
  | { readonly kind: "unreachable"; readonly reason: string }
  | {
      readonly kind: "target-died";
      readonly reason: string;
      readonly log: readonly string[];
      readonly partial?: Capture;
    }
  | { readonly kind: "harness-fault"; readonly reason: string };

/** One case, ready to run: the scenario with its matrix value filled in. */
export interface PlannedCase {
  /** `<scenario id>` or `<scenario id>[<case>]`. */
  readonly id: string;
  readonly scenario: string;
  readonly case: string;
  readonly title: string;
  readonly steps: readonly Step[];
}
