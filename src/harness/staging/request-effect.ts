import { METHODS, isMethodName } from "../../contract/index.ts";
import type { MethodContract } from "../../contract/index.ts";
import { isObject } from "../scenario/json.ts";
import { isOwnKey } from "./namespace.ts";
import type { Permission } from "./types.ts";

/** Methods whose messages an agent reads. */
const SPEAKS = new Set(["chat.send", "sessions.send", "agent", "chat.inject"]);

export interface Request {
  readonly method: string;
  readonly params: unknown;
}

/** What stands against sending a request; nothing does when `reason` is absent. */
export interface Ruling {
  readonly reason?: string;
  /** It may leave a session behind. */
  readonly writes: boolean;
}

const short = (value: unknown): string => {
  const text = JSON.stringify(value) ?? "none";
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
};

/** Members of params that reach further than the session they go to. */
function reachOf({ method, params }: Request): string | undefined {
  if (!isObject(params)) return undefined;
  if (params["deliver"] !== undefined && params["deliver"] !== false) return "delivers to a channel";
  // Which of the two wins is the gateway's choice, and an id says nothing of whose session it is.
  if (params["sessionId"] !== undefined) return "names a session by its id too";
  const message = params["message"];
  const isCommand = SPEAKS.has(method) && typeof message === "string" && /^\s*[/!]/.test(message);
  return isCommand
    ? `sends the command ${short(message)}, which may change more than its session`
    : undefined;
}

function rule(
  changes: Exclude<MethodContract["effect"]["changes"], "nothing">,
  by: {
    readonly request: Request;
    readonly key: unknown;
    readonly permission: Permission;
    readonly id: string;
  },
): Ruling {
  const { method, params } = by.request;
  if (changes === "gateway")
    return { reason: `${method} changes what all clients of the gateway share`, writes: false };
  if (changes === "outside") {
    const asks = `${method} makes the gateway ask its channels or model providers`;
    return { writes: false, ...(by.permission.writes ? {} : { reason: `${asks}; --allow-writes lets it` }) };
  }
  if (!isOwnKey(by.key, by.id)) {
    const whose = by.key === undefined ? "names no session" : `names the session ${short(by.key)}`;
    return { reason: `${method} ${whose}, and may change only the run's own`, writes: false };
  }
  if (changes === "spelling") return { writes: false };
  const reach = reachOf(by.request);
  if (reach !== undefined) return { reason: `${method} ${reach}`, writes: false };
  const label = isObject(params) ? params["label"] : undefined;
  if (typeof label === "string" && label.trim() !== "" && !label.includes(by.id)) {
    return { reason: `${method} sets the label ${short(label)}, which lacks the run's id`, writes: false };
  }
  if (!by.permission.writes)
    return { reason: `${method} changes sessions; --allow-writes lets it`, writes: false };
  return { writes: true };
}

/**
 * Whether a request may be sent to an endpoint that others use too. What it may change comes from the contract; a method
 * nobody knows may do anything.
 * @param id the case's own id: keys and labels have to hold it.
 */
export function ruleOn(request: Request, permission: Permission, id: string): Ruling {
  const { method, params } = request;
  if (!isMethodName(method)) {
    return { reason: `nobody knows what the method ${short(method)} changes there`, writes: false };
  }
  const { changes, session, when }: MethodContract["effect"] = METHODS[method].effect;
  const members = isObject(params) ? params : {};
  if (changes === "nothing") return { writes: false };
  if (when !== undefined && isObjectOrNone(params) && !Object.hasOwn(members, when)) return { writes: false };
  const key = session === undefined ? undefined : members[session];
  return rule(changes, { request, key, permission, id });
}

function isObjectOrNone(params: unknown): boolean {
  return params === undefined || isObject(params);
}
