import type { SharedUse } from "./types.ts";
import { ruleOnMessage } from "./message-effect.ts";

/** A message was held back: it would have touched what is not the run's own. */
export class HeldBack extends Error {
  override readonly name = "HeldBack";
}

/**
 * What stands between a case and the socket on an endpoint that others use too. Nothing is sent unless the contract says
 * that it changes nothing, or changes the case's own sessions and that is allowed.
 * @param own.id the case's own id
 * @param own.devices ids of devices that need no pairing
 * @returns called with each message right before it is sent; throws HeldBack (nothing is sent then), AbortError
 */
export function createGuard(
  use: SharedUse,
  own: { readonly id: string; readonly devices: ReadonlySet<string> },
  signal?: AbortSignal,
): (message: string | Uint8Array) => Promise<void> {
  return async (message) => {
    const { reason, writes } = ruleOnMessage(message, use, own);
    if (reason !== undefined) throw new HeldBack(reason);
    await use.pace.turn(signal);
    if (writes) use.log.wrote = true;
  };
}
