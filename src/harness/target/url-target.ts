import { BlockList, isIP } from "node:net";
import { createDevice, type DeviceIdentity } from "../../wire/index.ts";
import { LockstepError } from "../../contract/lockstep-error.ts";
import { DEFAULT_RATE, Pace } from "../staging/pace.ts";
import { createRunPrefix } from "../staging/namespace.ts";
import type { SharedUse } from "../staging/types.ts";
import type { ResolvedOptions } from "./options.ts";
import { waitUntilReady } from "./readiness.ts";
import { targetUnreachable, waitInterrupted } from "./target-errors.ts";
import type { RunningTarget, Target } from "./types.ts";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** Whether a URL's host name means this machine. Names other than `localhost` are not looked up. */
export function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, "$1").toLowerCase();
  const family = isIP(host);
  if (family === 0) return host === "localhost" || host.endsWith(".localhost");
  return loopback.check(host, family === 6 ? "ipv6" : "ipv4");
}

/**
 * Reads the URL of a running endpoint.
 * @param insecure accept a plain ws:// URL to another host
 * @throws LockstepError TARGET_INVALID, or TARGET_INSECURE when the token would cross a network in the clear
 */
export function parseUrl(text: string, insecure: boolean): URL {
  const url = parse(text);
  if (url.protocol === "ws:" && !isLoopback(url.hostname) && !insecure) {
    throw new LockstepError(
      "TARGET_INSECURE",
      `${url.host} is another host, and ws:// would send the token and every frame in the clear`,
      { hint: "Use wss://, a tunnel to 127.0.0.1, or --insecure if you know the network." },
    );
  }
  return url;
}

function parse(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch (error) {
    throw new LockstepError("TARGET_INVALID", `the target ${JSON.stringify(text)} is no URL`, {
      cause: error,
      hint: "Write it like this: ws://127.0.0.1:18789",
    });
  }
  if (url.protocol !== "ws:" && url.protocol !== "wss:") {
    throw new LockstepError("TARGET_INVALID", `${JSON.stringify(text)} is no ws:// or wss:// URL`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new LockstepError("TARGET_INVALID", "the target's URL holds credentials, which end up in reports", {
      hint: "Leave them out and set LOCKSTEP_TOKEN.",
    });
  }
  if (url.hash !== "") {
    throw new LockstepError(
      "TARGET_INVALID",
      "the target's URL has a fragment, which a WebSocket can't have",
    );
  }
  return url;
}

const notOurs = (): Promise<never> =>
  Promise.reject(
    new LockstepError("HARNESS_FAULT", "a target that was not launched by us is neither stopped nor started"),
  );

async function waitFor(name: string, url: URL, options: ResolvedOptions): Promise<void> {
  const readiness = await waitUntilReady({
    url: url.href,
    timeoutMs: options.readyTimeoutMs,
    gone: () => options.interrupted?.aborted === true,
  });
  if (readiness.state === "gone") throw waitInterrupted(name);
  if (readiness.state === "late") {
    throw targetUnreachable(name, url.href, options.readyTimeoutMs, readiness.last);
  }
}

function runningAt(url: URL, options: ResolvedOptions, device: DeviceIdentity | undefined): RunningTarget {
  const standard = url.protocol === "wss:" ? 443 : 80;
  return {
    url: url.href,
    token: options.token ?? options.env["LOCKSTEP_TOKEN"] ?? "",
    port: url.port === "" ? standard : Number(url.port),
    ...(device === undefined ? {} : { device }),
    ...(options.scopes === undefined ? {} : { scopes: options.scopes }),
    clockOffsetMs: 0,
    exited: () => undefined,
    logTail: () => [],
    stop: notOurs,
    kill: notOurs,
    start: notOurs,
    dispose: () => Promise.resolve(),
  };
}

function sharedUse(options: ResolvedOptions): SharedUse {
  const { permission = { writes: false, negative: false }, rate = DEFAULT_RATE } = options;
  return { ...permission, run: createRunPrefix(), pace: new Pace(rate), log: { wrote: false, cases: 0 } };
}

/**
 * A running endpoint. It is only read unless the options permit more, and sees one device of ours.
 * @throws LockstepError TARGET_INVALID, or TARGET_INSECURE when the token would cross a network in the clear
 */
export function urlTarget(name: string, options: ResolvedOptions): Target {
  const url = parseUrl(name, options.insecure ?? false);
  const shared = sharedUse(options);
  // What a gateway answers a device depends on what it gave that device before: negative cases want one of their own.
  const device = options.device ?? (shared.negative ? undefined : createDevice());
  let isThere = false;
  return {
    kind: "url",
    name,
    launches: false,
    reseeds: false,
    parallel: options.connections ?? 1,
    shared,
    launch: async () => {
      // Each case opens its own socket anyway: looking once is enough.
      if (!isThere) {
        await shared.pace.turn();
        await waitFor(name, url, options);
      }
      isThere = true;
      return runningAt(url, options, device);
    },
  };
}
