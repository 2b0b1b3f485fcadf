import type { Capture, StepCapture } from "../run/capture.ts";
import { annotateSent, annotatorOf } from "./annotations.ts";
import { methodOf } from "./align-steps.ts";
import { isJsonObject, pointerTokens, scalarsOf, setMember } from "./json-tree.ts";

/** Characters of an Ed25519 signature in base64url; a scenario that sends something shorter made it up. */
export const SIGNATURE_LENGTH = 86;

function* secretsOfStep(step: StepCapture): Generator<string> {
  const method = methodOf(step);
  const frames = [
    { frame: step.sent, annotate: annotateSent, least: SIGNATURE_LENGTH },
    ...step.received.map((frame) => ({ frame, annotate: annotatorOf(frame, method), least: 0 })),
  ];
  for (const { frame, annotate, least } of frames) {
    for (const { pointer, value } of scalarsOf(frame)) {
      if (typeof value !== "string" || value.length < least) continue;
      if (annotate(pointerTokens(pointer)) === "secret") yield value;
    }
  }
  for (const part of step.parts ?? []) yield* secretsOfStep(part);
}

/**
 * Every credential that a capture saw: the harness's own, the signatures it sent, and what the contract calls secret.
 * Texts of less than six characters are left out: they would be found everywhere.
 */
export function secretsOf(capture: Capture): Set<string> {
  const found = new Set<string>();
  for (const name of capture.secrets) found.add(String(capture.known[name] ?? ""));
  for (const step of capture.steps) for (const value of secretsOfStep(step)) found.add(value);
  return new Set([...found].filter((value) => value.length >= 6));
}

function masked(value: unknown, secrets: ReadonlySet<string>): unknown {
  if (typeof value === "string") {
    let out = value;
    for (const secret of secrets) out = out.replaceAll(secret, "<secret>");
    return out;
  }
  if (Array.isArray(value)) return value.map((item: unknown) => masked(item, secrets));
  if (!isJsonObject(value)) return value;
  const out: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    setMember(out, String(masked(key, secrets)), masked(member, secrets));
  }
  return out;
}

/** A copy of a value in which secrets are replaced inside every string, keys included. */
export function mask<T>(value: T, secrets: ReadonlySet<string>): T {
  // Only the content of strings changes, never the form.
  return masked(value, secrets) as T;
}

/** The same list without the captures' secrets in what it shows. */
export function maskSecrets<T extends { readonly values: readonly unknown[] }>(
  list: readonly T[],
  captures: readonly Capture[],
): T[] {
  const secrets = new Set(captures.flatMap((capture) => [...secretsOf(capture)]));
  return list.map((item) => ({ ...item, values: item.values.map((value) => mask(value, secrets)) }));
}
