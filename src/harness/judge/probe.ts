import type { Close } from "../run/capture.ts";

/** A request of the probe and what came after it. */
export interface ProbeExchange {
  readonly id: string;
  readonly method: string;
  readonly received: readonly unknown[];
  readonly close?: Close | undefined;
  readonly timedOut?: boolean | undefined;
}

/** What one connection saw before any case ran: the socket opened, one connect, one `health`. */
export interface Probe {
  /** Frames that arrived before anything was sent. */
  readonly opened: readonly unknown[];
  readonly connect?: ProbeExchange | undefined;
  readonly health?: ProbeExchange | undefined;
}

/** A finding about the whole target. */
export interface ProbeFinding {
  readonly title: string;
  readonly detail: string;
  /** No case can pass while this is so. */
  readonly fatal: boolean;
  /** It is about whom the target lets in, not about how it answers. */
  readonly aboutAccess?: true;
  /** JSON pointers (below a step's capture) of the differences it explains. */
  readonly explains: RegExp;
}
