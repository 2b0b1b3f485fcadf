import { PROTOCOL_VERSION } from "../../contract/index.ts";
import { diagnoseProbe } from "../judge/diagnose.ts";
import { memberAt, textAt, textsAt } from "../judge/frame-facts.ts";
import { properResponse } from "../judge/handshake.ts";
import type { Probe } from "../judge/probe.ts";
import type { Check } from "./check.ts";

/** Above this a clock is worth a word, ms. */
const SKEW_WARN_MS = 5_000;
/** A gateway refuses a device's signature that is older or younger (upstream-2026.2.17 section 1.5), ms. */
const SKEW_FAIL_MS = 600_000;

const gateway = (name: string, state: Check["state"], message: string, advice?: string): Check => ({
  name,
  about: "gateway",
  state,
  message,
  ...(advice === undefined ? {} : { advice }),
});

/** Whether connect was refused for its token: somebody called lockstep with another, or none. */
function refusedToken(connect: unknown): boolean {
  return /unauthori[sz]ed|token|password|forbidden/i.test(textAt(connect, "error", "message"));
}

function judgeAuth(probe: Probe, connect: unknown, tokenGiven: boolean): Check[] {
  const accepted = memberAt(connect, "ok") === true;
  const with_ = tokenGiven ? "the token" : "no token";
  if (!accepted) {
    const isToken = refusedToken(connect);
    const advice = tokenGiven
      ? "is it the token of this gateway? (--token, LOCKSTEP_TOKEN, or tokenEnv in the configuration)"
      : "give it with LOCKSTEP_TOKEN, --token, or tokenEnv in the configuration";
    return isToken
      ? [
          {
            name: "auth",
            about: "set-up",
            state: "fail",
            message: `refused with ${with_}: ${textAt(connect, "error", "message")}`,
            advice,
          },
        ]
      : [gateway("auth", "skip", "connect was not answered with hello-ok")];
  }
  const scopes = textsAt(connect, "payload", "auth", "scopes");
  const lacking = textAt(properResponse(probe.health), "error", "message").startsWith("missing scope");
  const said = scopes === undefined ? "hello-ok names no scopes" : `scopes ${scopes.join(", ") || "none"}`;
  return [
    { name: "auth", about: "set-up", state: "ok", message: `accepted with ${with_}` },
    lacking
      ? gateway(
          "scopes",
          "fail",
          `health is refused for want of a scope; ${said}`,
          "grant what connect asks for",
        )
      : gateway("scopes", "ok", said),
  ];
}

function judgeHealth(probe: Probe, connect: unknown): Check {
  if (memberAt(connect, "ok") !== true) return gateway("health", "skip", "not connected");
  const health = properResponse(probe.health);
  if (memberAt(health, "ok") === true) return gateway("health", "ok", "answered");
  const message = textAt(health, "error", "message");
  return gateway(
    "health",
    "fail",
    message === "" ? "no answer in the protocol's form" : `refused: ${message}`,
    "lockstep run TARGET 'health/**' shows what is expected",
  );
}

/**
 * What a gateway's first answers say, one check for each question.
 * @param tokenGiven whether a token was sent.
 */
export function judgeProbe(probe: Probe, tokenGiven: boolean): Check[] {
  const connect = properResponse(probe.connect);
  const accepted = memberAt(connect, "ok") === true;
  const findings = diagnoseProbe(probe, { tokenGiven });
  // A token that is refused is no fault of the gateway; it has a line of its own.
  const wrong = accepted || !refusedToken(connect) ? findings : findings.filter(({ fatal }) => !fatal);
  const version = textAt(connect, "payload", "server", "version") || "without a version";
  const methods = textsAt(connect, "payload", "features", "methods") ?? [];
  const hello = accepted
    ? [
        gateway(
          "hello",
          "ok",
          `hello-ok: ${version}, protocol ${PROTOCOL_VERSION}, ${methods.length} methods`,
        ),
      ]
    : [];
  return [
    ...(wrong.length === 0
      ? hello
      : wrong.map(({ title, detail, fatal }) => gateway("dialect", fatal ? "fail" : "warn", title, detail))),
    ...judgeAuth(probe, connect, tokenGiven),
    judgeHealth(probe, connect),
  ];
}

/**
 * How far the gateway's clock is from ours.
 * @param ts epoch ms of its challenge, whatever it is. @param now ours when that arrived.
 */
export function judgeClock(ts: unknown, now: number): Check {
  if (typeof ts !== "number") {
    return { name: "clock", about: "set-up", state: "skip", message: "the challenge holds no time" };
  }
  const skew = ts - now;
  const seconds = `${(Math.abs(skew) / 1000).toFixed(1)} s ${skew < 0 ? "behind" : "ahead of"} this machine`;
  const check = { name: "clock", about: "set-up" } as const;
  if (Math.abs(skew) >= SKEW_FAIL_MS) {
    const advice = "signatures more than ten minutes off are refused; set the clocks (ts is in milliseconds)";
    return { ...check, state: "fail", message: seconds, advice };
  }
  if (Math.abs(skew) >= SKEW_WARN_MS) {
    return { ...check, state: "warn", message: seconds, advice: "set the clocks by NTP" };
  }
  return { ...check, state: "ok", message: `within ${SKEW_WARN_MS / 1000} s of this machine's` };
}
