import type { IncomingHttpHeaders } from "node:http";
import { BlockList, isIP } from "node:net";

/** What the gateway concludes from where a connection comes from. */
export interface ClientAddress {
  /** Address that rate limits count against, after trusted proxies. */
  readonly ip: string | undefined;
  /** Local connections pair silently and need no nonce (upstream-2026.2.17 section 1.3). */
  readonly local: boolean;
  /** Address shown to others; only for connections that really come from elsewhere. */
  readonly reportedIp: string | undefined;
  readonly host: string | undefined;
  readonly origin: string | undefined;
}

/** The name in a Host header, without port and brackets, lower case; empty when there is none. */
export function hostName(host: string | undefined): string {
  const value = (host ?? "").trim().toLowerCase();
  if (value.startsWith("[") && value.includes("]")) return value.slice(1, value.indexOf("]"));
  if (isIP(value) === 6) return value;
  return value.split(":")[0] ?? "";
}

/** Whether an address is this machine's loopback. */
export function isLoopbackAddress(ip: string | undefined): boolean {
  if (ip === undefined) return false;
  return ip.startsWith("127.") || ip === "::1" || ip.startsWith("::ffff:127.");
}

/**
 * Whether a host name means this machine. One that merely begins like an address, such as `127.0.0.1.example.com`, means
 * whoever owns the domain; upstream takes it for this machine.
 */
export const isLoopbackHost = (name: string): boolean =>
  name === "localhost" || (isIP(name) !== 0 && isLoopbackAddress(name));

const plain = (ip: string): string =>
  ip
    .trim()
    .toLowerCase()
    .replace(/^::ffff:/, "");

function withoutPort(ip: string): string {
  if (ip.startsWith("[") && ip.includes("]")) return ip.slice(1, ip.indexOf("]"));
  if (isIP(ip) !== 0) return ip;
  const name = ip.split(":")[0] ?? "";
  return isIP(name) === 4 && ip.indexOf(":") === ip.lastIndexOf(":") ? name : ip;
}

const forwarded = (value: string | undefined): string | undefined => {
  const firstHop = value?.split(",")[0]?.trim() ?? "";
  return firstHop === "" ? undefined : plain(withoutPort(firstHop));
};

/** A test for "comes from a configured proxy": addresses, or networks in CIDR form. Unreadable entries match nothing. */
export function proxyMatcher(trustedProxies: readonly string[]): (ip: string | undefined) => boolean {
  const list = new BlockList();
  for (const entry of trustedProxies) {
    const [address = "", prefix] = plain(entry).split("/");
    const family = isIP(address);
    if (family === 0) continue;
    const type = family === 4 ? "ipv4" : "ipv6";
    const bits = prefix === undefined ? undefined : Number(prefix);
    if (bits === undefined) list.addAddress(address, type);
    else if (Number.isInteger(bits) && bits >= 0 && bits <= (family === 4 ? 32 : 128))
      list.addSubnet(address, bits, type);
  }
  return (ip) => {
    if (ip === undefined) return false;
    const address = plain(ip);
    const family = isIP(address);
    return family !== 0 && list.check(address, family === 4 ? "ipv4" : "ipv6");
  };
}

const single = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;

/**
 * Judges a connection by its peer and headers (upstream-2026.2.17 section 1.3, "Local").
 * @param remote the socket's peer address.
 */
export function judgeAddress(
  headers: IncomingHttpHeaders,
  remote: string | undefined,
  isTrustedProxy: (ip: string | undefined) => boolean,
): ClientAddress {
  const forwardedFor = single(headers["x-forwarded-for"]);
  const realIp = single(headers["x-real-ip"]);
  const behindProxy = isTrustedProxy(remote);
  const peer = remote === undefined ? undefined : plain(remote);
  const ip = behindProxy ? (forwarded(forwardedFor) ?? forwarded(realIp) ?? peer) : peer;
  const name = hostName(headers.host);
  const localName =
    name === "localhost" || name === "127.0.0.1" || name === "::1" || name.endsWith(".ts.net");
  const hasForwarding = [forwardedFor, realIp, single(headers["x-forwarded-host"])].some(Boolean);
  const local = isLoopbackAddress(ip) && localName && (!hasForwarding || behindProxy);
  const untrustedForwarding = Boolean(forwardedFor || realIp) && !behindProxy;
  const hidden = local || untrustedForwarding || isLoopbackAddress(ip);
  return {
    ip,
    local,
    reportedIp: hidden ? undefined : ip,
    host: headers.host,
    origin: single(headers.origin),
  };
}
