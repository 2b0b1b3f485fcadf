import { arch, hostname, networkInterfaces, platform, release } from "node:os";
import type { PresenceEntry } from "../../contract/index.ts";
import type { Environment } from "../config/paths.ts";
import { mergeNames } from "./device-records.ts";

/** Who is, or lately was, connected. */
export interface Presence {
  /** Adds to the entry of `key` (case does not matter), or makes one. */
  update(key: string, change: Partial<PresenceEntry>): void;
  /** Newest first, the gateway's own entry always among them. */
  list(): PresenceEntry[];
}

/** Entries are forgotten this long after their last change, whether or not the client is still there (quirk 94). */
const TTL_MS = 300_000;
const MAX_ENTRIES = 200;

const FAMILIES: Readonly<Record<string, string>> = { darwin: "Mac", win32: "Windows", linux: "Linux" };
const SYSTEMS: Readonly<Record<string, string>> = { darwin: "macos", win32: "windows" };

/** This machine's address in its network: `en0` or `eth0`, else the first that is not internal, else its name. */
function lanAddress(): string {
  const interfaces = networkInterfaces();
  const candidates = [interfaces["en0"], interfaces["eth0"], ...Object.values(interfaces)];
  for (const addresses of candidates) {
    const found = addresses?.find((address) => address.family === "IPv4" && !address.internal);
    if (found !== undefined) return found.address;
  }
  return hostname();
}

/** The gateway's own entry (upstream-2026.2.17 section 1.11). */
export function describeSelf(env: Environment, version: string | undefined, now: number): PresenceEntry {
  const host = hostname();
  const ip = lanAddress();
  const appVersion =
    env["OPENCLAW_VERSION"] ??
    env["OPENCLAW_SERVICE_VERSION"] ??
    version ??
    env["npm_package_version"] ??
    "unknown";
  return {
    host,
    ip,
    version: appVersion,
    platform: `${SYSTEMS[platform()] ?? platform()} ${release()}`,
    deviceFamily: FAMILIES[platform()] ?? platform(),
    modelIdentifier: arch(),
    mode: "gateway",
    reason: "self",
    text: `Gateway: ${host} (${ip}) · app ${appVersion} · mode gateway · reason self`,
    ts: now,
  };
}

/** @param self the gateway's own entry; its `ts` is renewed whenever the list is read. */
export function createPresence(self: PresenceEntry, now: () => number): Presence {
  const selfKey = (self.host ?? "gateway").toLowerCase();
  const entries = new Map([[selfKey, self]]);

  const forget = (): void => {
    for (const [key, entry] of entries) if (now() - entry.ts > TTL_MS) entries.delete(key);
    const excess = entries.size - MAX_ENTRIES;
    if (excess <= 0) return;
    const oldest = [...entries].sort(([, a], [, b]) => a.ts - b.ts).slice(0, excess);
    for (const [key] of oldest) entries.delete(key);
  };

  return {
    update(key, change) {
      const normalized = key.trim().toLowerCase() || selfKey;
      const known = entries.get(normalized);
      const merged = { ...known, ...change };
      const roles = mergeNames(known?.roles, change.roles);
      const scopes = mergeNames(known?.scopes, change.scopes);
      delete merged.roles;
      delete merged.scopes;
      entries.set(normalized, {
        ...merged,
        ...(roles === undefined ? {} : { roles }),
        ...(scopes === undefined ? {} : { scopes }),
        ts: now(),
        text: merged.text ?? `Node: ${merged.host ?? "unknown"} · mode ${merged.mode ?? "unknown"}`,
      });
      if (entries.size > 2 * MAX_ENTRIES) forget();
    },
    list() {
      forget();
      const own = entries.get(selfKey) ?? self;
      entries.set(selfKey, { ...own, ts: now() });
      return [...entries.values()].sort((a, b) => b.ts - a.ts);
    },
  };
}
