import { PROTOCOL_VERSION } from "../../contract/index.ts";
import { asObject, inline, memberAt, textAt } from "./frame-facts.ts";
import type { Probe, ProbeExchange, ProbeFinding } from "./probe.ts";

const EVERYTHING = /^/;

/** Times before this are no milliseconds of this century: 2001-09-09 as seconds, 1973 as milliseconds. */
const EARLIEST_MS = 100_000_000_000;

/** The response to a request in the protocol's own envelope, when there is one. */
export function properResponse(exchange: ProbeExchange | undefined): unknown {
  return exchange?.received.find(
    (frame) => memberAt(frame, "type") === "res" && memberAt(frame, "id") === exchange.id,
  );
}

const isChallenge = (frame: unknown): boolean =>
  memberAt(frame, "type") === "event" && memberAt(frame, "event") === "connect.challenge";

function findChallenge(probe: Probe, connected: boolean): ProbeFinding[] {
  const challenge = probe.opened.find(isChallenge);
  if (challenge === undefined) {
    const first = probe.opened[0];
    return [
      {
        title: "you send no connect.challenge first; the protocol's first frame is that event",
        detail:
          'on open: {"type":"event","event":"connect.challenge","payload":{"nonce":...,"ts":<ms>}}; clients sign the nonce' +
          (first === undefined ? "; nothing came" : `; what came: ${inline(first)}`),
        fatal: !connected,
        explains: EVERYTHING,
      },
    ];
  }
  const ts = memberAt(challenge, "payload", "ts");
  if (typeof ts === "number" && ts < EARLIEST_MS) {
    return [
      {
        title: `your challenge's ts is in seconds (${ts}); the protocol's times are milliseconds`,
        detail: "payload.ts of connect.challenge is epoch time in ms, like every time on the wire",
        fatal: false,
        explains: /\/payload\/ts$/,
      },
    ];
  }
  return [];
}

function findHelloShape(payload: unknown): ProbeFinding[] {
  const findings: ProbeFinding[] = [];
  const add = (title: string, detail: string, explains: RegExp) =>
    findings.push({ title, detail, fatal: false, explains });
  if (memberAt(payload, "type") !== "hello-ok") {
    add(
      "your answer to connect is no hello-ok",
      `payload.type is "hello-ok"; yours: ${inline(memberAt(payload, "type"))}`,
      /\/payload/,
    );
  }
  const protocol = memberAt(payload, "protocol");
  if (protocol !== PROTOCOL_VERSION) {
    add(
      `your hello-ok says protocol ${inline(protocol)}; this is protocol ${PROTOCOL_VERSION}`,
      "clients drop a connection whose protocol is not the one they asked for",
      /\/payload\/protocol$/,
    );
  }
  const methods = memberAt(payload, "features", "methods");
  if (!Array.isArray(methods) || methods.length === 0) {
    add(
      "your hello-ok lists no features.methods",
      `clients decide by that list what they may call; yours: ${inline(memberAt(payload, "features"))}`,
      /\/payload\/features/,
    );
  }
  return findings;
}

function findRefusal(exchange: ProbeExchange, response: unknown, tokenGiven: boolean): ProbeFinding {
  const error = memberAt(response, "error");
  const message = textAt(error, "message");
  const said = `the answer: ${inline(error ?? response)}`;
  const fatal = { fatal: true, explains: EVERYTHING };
  if (memberAt(error, "code") === "NOT_PAIRED") {
    return {
      title: "the target wants this device paired first",
      detail: `${said}; a gateway approves devices by itself over loopback alone; elsewhere: lockstep keygen, lockstep pair`,
      ...fatal,
      aboutAccess: true,
    };
  }
  if (/protocol mismatch/i.test(message)) {
    return {
      title: `the target does not speak protocol ${PROTOCOL_VERSION}`,
      detail: `${said}, close ${inline(exchange.close ?? null)}`,
      ...fatal,
    };
  }
  if (/unauthori[sz]ed|token|password|forbidden/i.test(message)) {
    const advice = tokenGiven
      ? "is it the token of this gateway?"
      : "give it with LOCKSTEP_TOKEN or --token-file";
    return {
      title: "the target refuses the token",
      detail: `${said}; ${advice}`,
      ...fatal,
      aboutAccess: true,
    };
  }
  return { title: "the target refuses a connect that the oracle accepts", detail: said, ...fatal };
}

function findSilence(exchange: ProbeExchange): ProbeFinding {
  const { close, received } = exchange;
  const title =
    close === undefined
      ? "the target never answers connect"
      : `the target closes (${close.code}) instead of answering connect`;
  const said = close === undefined ? "the deadline passed" : `its reason: ${inline(close.reason)}`;
  const seen = received.length === 0 ? "" : `; what came instead: ${inline(received[0])}`;
  return { title, detail: `${said}${seen}`, fatal: true, explains: EVERYTHING };
}

function findHealth(probe: Probe): ProbeFinding[] {
  const message = textAt(properResponse(probe.health), "error", "message");
  if (!message.startsWith("missing scope")) return [];
  return [
    {
      title: "the target connects us without scopes",
      detail: `health answers ${inline(message)}: the device's signature or its scopes are not taken into account`,
      fatal: true,
      explains: EVERYTHING,
    },
  ];
}

/**
 * What is wrong with the handshake: the challenge, the answer to connect, hello-ok.
 * @param dialectFound another dialect was found already, so a missing answer needs no finding of its own.
 */
export function findHandshake(probe: Probe, tokenGiven: boolean, dialectFound: boolean): ProbeFinding[] {
  const { connect } = probe;
  const response = properResponse(connect);
  const accepted = memberAt(response, "ok") === true;
  const findings = findChallenge(probe, accepted);
  if (connect === undefined) return findings;
  if (accepted) {
    if (!dialectFound || asObject(memberAt(response, "payload")) !== undefined) {
      findings.push(...findHelloShape(memberAt(response, "payload")));
    }
    return [...findings, ...findHealth(probe)];
  }
  if (memberAt(response, "ok") === false) return [...findings, findRefusal(connect, response, tokenGiven)];
  return dialectFound ? findings : [...findings, findSilence(connect)];
}
