import type { ConnectOptions } from "../scenario/schema.ts";

/** Members of connect params that a working client chooses freely. */
const ORDINARY = new Set(["client", "caps", "locale", "userAgent"]);

/** Members of a connect step that a working client has no use for. */
const ODD = ["password", "replace", "sign", "headers", "path"] as const;

function oddity(options: ConnectOptions): string | undefined {
  if (options.device !== undefined && options.device !== "default" && options.device !== "none") {
    return "connects as a further device, which the gateway would have to pair";
  }
  if (options.token !== undefined && options.token !== "{{token}}") {
    return "connects with another token, which counts towards a lockout";
  }
  if (options.role !== undefined && options.role !== "operator") {
    return `connects as ${options.role}, which the gateway would have to approve`;
  }
  const odd = ODD.find((member) => options[member] !== undefined);
  if (odd !== undefined) return `connects in a way that no working client does (${odd})`;
  const params = Object.keys(options.params ?? {}).find((member) => !ORDINARY.has(member));
  return params === undefined
    ? undefined
    : `connects in a way that no working client does (params.${params})`;
}

/** Why a connect may be refused, pair a device or count towards a lockout; nothing for one like any working client's. */
export function whyNotOrdinary(options: ConnectOptions): string | undefined {
  const why = oddity(options);
  return why === undefined ? undefined : `${why}; --negative lets it`;
}
