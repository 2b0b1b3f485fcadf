import { requestFrame } from "../../contract/index.ts";
import { isObject } from "../scenario/json.ts";
import { ruleOn, type Ruling } from "./request-effect.ts";
import type { Permission } from "./types.ts";

/** Longest message that counts as ordinary, bytes. */
const ORDINARY_BYTES = 256 * 1024;

const NEGATIVE = "--negative lets it";
const HARMLESS: Ruling = { writes: false };

/** Names whose doubling would let two readers of one text see two requests. */
const TELLING = /"(?:method|params|key|sessionKey|label)"\s*:/g;

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/** A value's text again; nothing for one that is nested too deeply to be written. */
function textAgain(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof RangeError) return "";
    throw error;
  }
}

const countTelling = (text: string): number => [...text.matchAll(TELLING)].length;

/** Requests in a JSON value: the value itself, or the items of a list. */
function requestsIn(value: unknown): Readonly<Record<string, unknown>>[] {
  return (Array.isArray(value) ? value : [value])
    .filter(isObject)
    .filter((item) => Object.hasOwn(item, "method"));
}

/** A message that is no frame of the protocol. One that some lenient reader may take for a request is judged as one. */
function ruleOnOddMessage(text: string, value: unknown, permission: Permission, id: string): Ruling {
  if (!permission.negative)
    return { reason: `sends a message that no client sends; ${NEGATIVE}`, writes: false };
  if (value === undefined) {
    const looksLikeOne = /method|\\u/i.test(text);
    return looksLikeOne
      ? { reason: "sends a broken request, which may be read as anything", writes: false }
      : HARMLESS;
  }
  let writes = false;
  for (const item of requestsIn(value)) {
    const method = item["method"];
    const ruling = ruleOn(
      { method: typeof method === "string" ? method : "", params: item["params"] },
      permission,
      id,
    );
    if (ruling.reason !== undefined) return ruling;
    writes ||= ruling.writes;
  }
  return { writes };
}

/**
 * Whether a message may be sent to an endpoint that others use too: the last look before it goes.
 * @param devices ids of the devices that may connect without pairing a further one
 */
export function ruleOnMessage(
  message: string | Uint8Array,
  permission: Permission,
  own: { readonly id: string; readonly devices: ReadonlySet<string> },
): Ruling {
  const text = typeof message === "string" ? message : Buffer.from(message).toString("utf8");
  if (text.length > ORDINARY_BYTES && !permission.negative) {
    return { reason: `sends a message of ${text.length} bytes; ${NEGATIVE}`, writes: false };
  }
  const value = parsed(text)?.value;
  if (value !== undefined && countTelling(text) !== countTelling(textAgain(value))) {
    return { reason: "sends a request that says something twice, and may be read either way", writes: false };
  }
  const frame = requestFrame.safeParse(value);
  if (!frame.success) return ruleOnOddMessage(text, value, permission, own.id);
  const { method, params } = frame.data;
  if (method !== "connect") return ruleOn({ method, params }, permission, own.id);
  const device = isObject(params) && isObject(params["device"]) ? params["device"]["id"] : undefined;
  const isStranger = device !== undefined && !(typeof device === "string" && own.devices.has(device));
  if (isStranger && !permission.negative) {
    return {
      reason: `connects as a further device, which the gateway would have to pair; ${NEGATIVE}`,
      writes: false,
    };
  }
  return HARMLESS;
}
