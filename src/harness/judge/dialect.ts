import { asObject, inline, looksLikeResponse, memberAt, textAt } from "./frame-facts.ts";
import type { Probe, ProbeExchange, ProbeFinding } from "./probe.ts";

type Rule = (exchange: ProbeExchange, frame: unknown) => ProbeFinding | undefined;

const EVERYTHING = /^/;

const finding = (title: string, detail: string, explains = EVERYTHING, fatal = true): ProbeFinding => ({
  title,
  detail,
  fatal,
  explains,
});

const jsonRpc: Rule = (_exchange, frame) =>
  memberAt(frame, "jsonrpc") === undefined
    ? undefined
    : finding(
        "you answer in JSON-RPC; the protocol has its own envelope",
        'a response is {"type":"res","id":...,"ok":true,"payload":...} or {"type":"res","id":...,"ok":false,"error":{"code":...,"message":...}}, ' +
          `not ${inline(frame)}`,
      );

const helloAsFrame: Rule = (_exchange, frame) => {
  const type = memberAt(frame, "type");
  const isHello = type === "hello-ok" || type === "hello";
  const isHelloEvent = type === "event" && textAt(frame, "event").startsWith("hello");
  if (!isHello && !isHelloEvent) return undefined;
  return finding(
    "you send hello-ok as a frame of its own; the protocol sends it as the payload of the response to connect",
    `{"type":"res","id":<id of connect>,"ok":true,"payload":{"type":"hello-ok",...}}, not ${inline(frame)}`,
  );
};

const responseType: Rule = (_exchange, frame) => {
  const type = memberAt(frame, "type");
  if (!looksLikeResponse(frame) || type === "res" || memberAt(frame, "jsonrpc") !== undefined)
    return undefined;
  if (type === "hello-ok" || type === "hello") return undefined;
  return type === undefined
    ? finding(
        'your responses have no "type"; the protocol\'s is "res"',
        `every frame says what it is: ${inline(frame)}`,
      )
    : finding(`your responses have type ${inline(type)}; the protocol's is "res"`, inline(frame));
};

const resultMember: Rule = (_exchange, frame) => {
  const members = asObject(frame);
  if (members === undefined || members["jsonrpc"] !== undefined) return undefined;
  if (!Object.hasOwn(members, "result") || Object.hasOwn(members, "payload")) return undefined;
  return finding(
    'your responses carry "result"; the protocol\'s carry "payload"',
    `members of a response: type, id, ok, payload or error; yours: ${Object.keys(members).join(", ")}`,
  );
};

const idNotEchoed: Rule = (exchange, frame) => {
  if (!looksLikeResponse(frame)) return undefined;
  const id = memberAt(frame, "id");
  if (id === exchange.id) return undefined;
  const what =
    id === undefined
      ? "your responses have no id"
      : id === exchange.method
        ? "your responses carry the method's name as their id"
        : "your responses don't carry the id of their request";
  return finding(
    `${what}; the protocol echoes the request's id`,
    `the request had id ${inline(exchange.id)}, its response ${inline(id)}`,
  );
};

const okMissing: Rule = (_exchange, frame) => {
  if (memberAt(frame, "type") !== "res" || typeof memberAt(frame, "ok") === "boolean") return undefined;
  return finding(
    'your responses have no boolean "ok"; the protocol\'s always do',
    `members of a response: type, id, ok, payload or error; yours: ${inline(frame)}`,
  );
};

const errorCode: Rule = (_exchange, frame) => {
  if (memberAt(frame, "jsonrpc") !== undefined) return undefined;
  const error = memberAt(frame, "error");
  if (error === undefined || error === null) return undefined;
  if (typeof error === "string") {
    return finding(
      "your errors are texts; the protocol's are objects with code and message",
      `{"code":"INVALID_REQUEST","message":...}, not ${inline(error)}`,
      /\/error/,
      false,
    );
  }
  const code = memberAt(error, "code");
  const known = "NOT_LINKED, NOT_PAIRED, AGENT_TIMEOUT, INVALID_REQUEST, UNAVAILABLE";
  const at = /\/error\/code$/;
  if (typeof code === "number") {
    return finding(
      `your error codes are numbers (${code}); the protocol's are strings`,
      `codes: ${known}`,
      at,
      false,
    );
  }
  if (typeof code === "string" && code !== code.toUpperCase()) {
    return finding(
      `your error codes are in lower case (${inline(code)}); the protocol's are in upper case`,
      `codes: ${known}`,
      at,
      false,
    );
  }
  return undefined;
};

const RULES: readonly Rule[] = [
  jsonRpc,
  helloAsFrame,
  responseType,
  resultMember,
  okMissing,
  idNotEchoed,
  errorCode,
];

/** Each title once, the first finding of it. */
export function distinct(findings: readonly ProbeFinding[]): ProbeFinding[] {
  return [...new Map(findings.toReversed().map((found) => [found.title, found])).values()].toReversed();
}

/**
 * Which dialect the target speaks instead of the protocol: the envelope, the id, the error codes. The signatures are
 * those of real ports.
 */
export function findDialect(probe: Probe): ProbeFinding[] {
  const exchanges = [probe.connect, probe.health].filter((exchange) => exchange !== undefined);
  return distinct(
    exchanges.flatMap((exchange) =>
      exchange.received.flatMap((frame) => RULES.map((rule) => rule(exchange, frame) ?? [])).flat(),
    ),
  );
}
