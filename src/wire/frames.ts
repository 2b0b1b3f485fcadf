import { isDeepStrictEqual } from "node:util";
import type { Match, WireMessage } from "./inbox.ts";

/** A message's members when it is a JSON object, else nothing. */
export function membersOf(message: WireMessage): Readonly<Record<string, unknown>> | undefined {
  const { value } = message;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return value as Record<string, unknown>;
}

/** Whether it is an event frame. */
export function isEvent(message: WireMessage): boolean {
  return membersOf(message)?.["type"] === "event";
}

/** Whether it is anything but an event: an answer, well-formed or not. */
export function isAnswer(message: WireMessage): boolean {
  return !isEvent(message);
}

/** Matches events of a name. */
export function eventNamed(name: string): Match {
  return (message) => isEvent(message) && membersOf(message)?.["event"] === name;
}

/**
 * Matches the answer to a request, whatever its `type`: a port with another envelope shall still be seen. The id may be
 * any JSON value, since a server echoes ids that are no strings (upstream-2026.2.17 section 1.8).
 */
export function answerTo(id: unknown): Match {
  return (message) => {
    const members = membersOf(message);
    return (
      members !== undefined &&
      !isEvent(message) &&
      Object.hasOwn(members, "id") &&
      isDeepStrictEqual(members["id"], id)
    );
  };
}
