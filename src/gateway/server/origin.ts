import { hostName, isLoopbackHost } from "./address.ts";

function parseOrigin(text: string | undefined): URL | undefined {
  const trimmed = (text ?? "").trim();
  if (trimmed === "" || trimmed === "null" || !URL.canParse(trimmed)) return undefined;
  return new URL(trimmed);
}

/**
 * Whether a browser page may connect: its origin is allowed by name, or is the gateway's own host, or both are
 * loopback names (upstream-2026.2.17 section 1.3, rule 4). No Origin header means no.
 * @param host the request's Host header.
 */
export function isOriginAllowed(
  origin: string | undefined,
  host: string | undefined,
  allowed: readonly string[],
): boolean {
  const url = parseOrigin(origin);
  if (url === undefined) return false;
  if (allowed.some((entry) => entry.trim().toLowerCase() === url.origin.toLowerCase())) return true;
  const requestHost = (host ?? "").trim().toLowerCase();
  if (requestHost !== "" && url.host.toLowerCase() === requestHost) return true;
  const page = url.hostname.toLowerCase().replace(/^\[|\]$/g, "");
  return isLoopbackHost(page) && isLoopbackHost(hostName(host));
}
