import { LockstepError } from "../../contract/index.ts";
import { OpenError } from "../../wire/index.ts";
import { mask } from "../learn/index.ts";
import type { Target } from "../target/index.ts";
import { diagnoseProbe } from "./diagnose.ts";
import { memberAt, textAt, textsAt } from "./frame-facts.ts";
import { properResponse } from "./handshake.ts";
import type { ProbeFinding } from "./probe.ts";
import { takeProbe } from "./take-probe.ts";

/** What is known of a target before any case runs. */
export interface Inspection {
  readonly findings: readonly ProbeFinding[];
  /** What the target calls itself in hello-ok. */
  readonly server?: string;
  /** The protocol its hello-ok names. */
  readonly protocol?: number;
  /** The methods and events its hello-ok names. */
  readonly advertised?: { readonly methods: readonly string[]; readonly events: readonly string[] };
  /** The scopes its hello-ok grants, when it says so. */
  readonly granted?: readonly string[];
  /** It was never reached: nothing can run, and nothing is said about its answers. */
  readonly unreachable?: { readonly reason: string; readonly log: readonly string[] };
}

/** Nothing in particular. */
export const EMPTY_STATE = {
  config: { gateway: { mode: "local" } },
  files: new Map<string, string>(),
  env: {},
};

/** Whether to look before running: our own gateway and the oracle speak the protocol. */
export function needsInspection(target: Pick<Target, "kind">): boolean {
  return target.kind === "cmd" || target.kind === "url";
}

/**
 * Launches or reaches the target once, connects, asks for its health, and diagnoses what came back.
 * @param tokenGiven whether a token was named by the user.
 * @throws LockstepError other than TARGET_UNREACHABLE and TARGET_DIED, which are findings.
 */
export async function inspectTarget(target: Target, tokenGiven: boolean): Promise<Inspection> {
  try {
    const running = await target.launch(EMPTY_STATE, {});
    try {
      // A port may well echo the token in what it complains about.
      const secrets = new Set(running.token.length >= 6 ? [running.token] : []);
      const probe = mask(await takeProbe(running), secrets);
      const hello = properResponse(probe.connect);
      const protocol = memberAt(hello, "payload", "protocol");
      const version = textAt(hello, "payload", "server", "version");
      const methods = textsAt(hello, "payload", "features", "methods");
      const events = textsAt(hello, "payload", "features", "events");
      const granted = textsAt(hello, "payload", "auth", "scopes");
      return {
        findings: diagnoseProbe(probe, { tokenGiven: tokenGiven || target.launches }),
        ...(granted === undefined ? {} : { granted }),
        ...(version === "" ? {} : { server: version }),
        ...(typeof protocol === "number" ? { protocol } : {}),
        ...(methods === undefined || events === undefined ? {} : { advertised: { methods, events } }),
      };
    } catch (error) {
      if (!(error instanceof OpenError)) throw error;
      return { findings: [], unreachable: { reason: error.message, log: running.logTail() } };
    } finally {
      await running.dispose();
    }
  } catch (error) {
    // The cases are cancelled in their turn.
    if (error instanceof LockstepError && error.code === "INTERRUPTED") return { findings: [] };
    const isUnreachable =
      error instanceof LockstepError && ["TARGET_UNREACHABLE", "TARGET_DIED"].includes(error.code);
    if (!isUnreachable) throw error;
    return { findings: [], unreachable: { reason: error.message, log: error.hint?.split("\n") ?? [] } };
  }
}
