import { isObject } from "../scenario/json.ts";

/** The error of a response frame in a few words, for a message; says so when there was no answer at all. */
export function inlineError(frame: unknown): string {
  if (!isObject(frame)) return "no answer";
  const { error } = frame;
  if (!isObject(error)) return "no error is given";
  const { code, message } = error;
  return [code, message].filter((part) => typeof part === "string").join(": ") || "no error is given";
}
