import type { AgentParams } from "../../contract/index.ts";
import { INTERNAL_CHANNEL, isDeliverable, LAST_CHANNEL } from "../sessions/channels.ts";
import { channelId, deliveryContextOf } from "../sessions/delivery.ts";
import { type JsonRecord, trimmedOrNone } from "../sessions/json.ts";

/** Where the answer of a run goes besides to the gateway's own clients. */
export interface Delivery {
  readonly channel: string;
  readonly to: string | undefined;
}

/** Where upstream delivers when neither the request nor the session names a channel. */
const DEFAULT_CHANNEL = "whatsapp";

/** The recipient a request names. */
export const recipientOf = (params: AgentParams): string | undefined =>
  trimmedOrNone(params.replyTo) ?? trimmedOrNone(params.to);

/**
 * Where a run's answer is to be delivered: to the channel of the request, else where the session last answered.
 * @param entry of the session, when it is known before the run.
 * @returns nothing when nobody asked for delivery, or the gateway's own clients are the ones to get it.
 */
export function planDelivery(entry: JsonRecord | undefined, params: AgentParams): Delivery | undefined {
  if (params.deliver !== true) return undefined;
  const context = entry === undefined ? undefined : deliveryContextOf(entry);
  const last = context?.channel !== undefined && isDeliverable(context.channel) ? context.channel : undefined;
  const asked = channelId(params.replyChannel ?? params.channel) ?? LAST_CHANNEL;
  const channel = asked === LAST_CHANNEL ? (last ?? DEFAULT_CHANNEL) : asked;
  if (channel === INTERNAL_CHANNEL) return undefined;
  const to = recipientOf(params) ?? (channel === last ? context?.to : undefined);
  return { channel, to };
}

/**
 * Why an answer cannot be delivered. This gateway has no channels, so it never can; upstream without them says the same.
 * @param isBestEffort whether the session is a main one: there a channel that is missing is overlooked, and the
 * delivery itself fails only when there is somebody to deliver to.
 * @returns nothing when the run counts as done all the same.
 */
export function deliveryFault(
  { channel, to }: Delivery,
  isBestEffort: boolean,
  hasAnswer: boolean,
): string | undefined {
  if (!isBestEffort) return `Error: Unknown channel: ${channel}`;
  return hasAnswer && to !== undefined ? `Error: Outbound not configured for channel: ${channel}` : undefined;
}
