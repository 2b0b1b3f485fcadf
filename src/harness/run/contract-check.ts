import {
  EVENTS,
  METHODS,
  eventFrame,
  helloOk,
  isMethodName,
  requestFrame,
  responseFrame,
  violationPlaces,
} from "../../contract/index.ts";
import type { z } from "zod";
import type { WireMessage } from "../../wire/index.ts";
import { DEEPEST_NESTING, hasDoubledName, membersOf } from "../../wire/index.ts";
import { RequestLedger } from "./request-ledger.ts";

/** A place in a frame that breaks the contract. */
export interface Breach {
  readonly pointer: string;
  readonly message: string;
}

function check(schema: z.ZodType, value: unknown, below = ""): Breach[] {
  return violationPlaces(schema, value).map(({ pointer, message }) => ({
    pointer: below + pointer,
    message,
  }));
}

function payloadSchema(method: string): z.ZodType | undefined {
  if (method === "connect") return helloOk;
  return isMethodName(method) ? METHODS[method].result : undefined;
}

const WRONG_TYPE: Breach = {
  pointer: "/type",
  message: 'a gateway sends frames of type "res" and "event"',
};

const NO_JSON: Breach = {
  pointer: "",
  message: `a message must be JSON, nested at most ${DEEPEST_NESTING} levels deep`,
};

const DOUBLED: Breach = {
  pointer: "",
  message: "an object names a member twice, and each reader takes another one",
};

const BINARY: Breach = { pointer: "", message: "a gateway sends text messages, this one is binary" };

/** Whether a second answer with the same id follows: work was accepted, and its end is told later. */
function isInterim(payload: unknown): boolean {
  return (
    typeof payload === "object" && payload !== null && "status" in payload && payload.status === "accepted"
  );
}

function checkResponse(frame: Readonly<Record<string, unknown>>, ledger: RequestLedger): Breach[] {
  const breaches = check(responseFrame, frame);
  const request = ledger.answered(frame["id"]);
  if (request === undefined) {
    breaches.push({ pointer: "/id", message: "answers no request that is still open" });
  }
  if (frame["ok"] === false && frame["error"] === undefined) {
    breaches.push({ pointer: "", message: "a failure needs an error" });
  }
  if (frame["ok"] === true && typeof request === "object") {
    if (frame["error"] !== undefined) breaches.push({ pointer: "/error", message: "a success has no error" });
    if (isInterim(frame["payload"]) && request.isAccepted !== true) ledger.accepted(request);
    const schema = payloadSchema(request.method);
    if (schema !== undefined) breaches.push(...check(schema, frame["payload"], "/payload"));
  }
  return breaches;
}

function checkEvent(frame: Readonly<Record<string, unknown>>, ledger: RequestLedger): Breach[] {
  const breaches = check(eventFrame, frame);
  const { seq } = frame;
  if (typeof seq === "number" && !ledger.follows(seq)) {
    breaches.push({ pointer: "/seq", message: "every broadcast has a higher seq than the one before" });
  }
  const name = frame["event"];
  if (name === "connect.challenge" && !ledger.challenged()) {
    breaches.push({ pointer: "/event", message: "a connection is challenged once" });
  }
  // Events the contract does not describe yet are held to the frame alone.
  if (typeof name === "string" && Object.hasOwn(EVENTS, name)) {
    const { payload } = EVENTS[name as keyof typeof EVENTS];
    breaches.push(...check(payload, frame["payload"], "/payload"));
  }
  return breaches;
}

/**
 * Checks a frame by itself, as the answer to a request of that method or as an event: what it promises, not whether it
 * was due.
 */
export function checkFrame(frame: Readonly<Record<string, unknown>>, method: string | undefined): Breach[] {
  const ledger = new RequestLedger();
  if (frame["type"] === "event") return checkEvent(frame, ledger);
  if (frame["type"] !== "res") return [WRONG_TYPE];
  if (typeof frame["id"] === "string" && method !== undefined) ledger.sent({ id: frame["id"], method });
  else ledger.sent(undefined);
  return checkResponse(frame, ledger);
}

/**
 * Checks one received message: a text that is JSON, a frame of the contract, and the payload that its event or the method of its
 * request promises. Settles the request it answers.
 */
export function checkReceived(message: WireMessage, ledger: RequestLedger): Breach[] {
  if (!message.isJson) return [NO_JSON];
  const frame = membersOf(message);
  if (frame === undefined) return [{ pointer: "", message: "a frame must be an object" }];
  // A client that hands what comes to a JSON parser expects text; a browser's would get a Blob.
  const odd = [
    ...(message.binary ? [BINARY] : []),
    ...(hasDoubledName(message.text, message.value) ? [DOUBLED] : []),
  ];
  if (frame["type"] === "event") return [...odd, ...checkEvent(frame, ledger)];
  if (frame["type"] === "res") return [...odd, ...checkResponse(frame, ledger)];
  return [...odd, WRONG_TYPE];
}

/** Checks a request that a `call` step is about to send; a breach is the scenario's fault, not the target's. */
export function checkSent(frame: unknown): Breach[] {
  return check(requestFrame, frame);
}
