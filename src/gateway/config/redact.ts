import JSON5 from "json5";
import { setOwn } from "../sessions/json.ts";
import { isSecretPlace } from "./secret-paths.ts";

/** What stands in place of a credential (upstream 2026.2.17, `config.get`); writing it back means "unchanged". */
export const REDACTED = "__OPENCLAW_REDACTED__";

/** `${NAME}` names a credential, it is none. */
const REFERENCE = /^\$\{[^}]*\}$/;

/** Copies a value and puts what `replace` gives in the place of every credential. */
function walk(value: unknown, path: readonly string[], replace: (secret: string) => string): unknown {
  if (typeof value === "string") {
    return isSecretPlace(path) && !REFERENCE.test(value.trim()) ? replace(value) : value;
  }
  if (Array.isArray(value)) return value.map((item) => walk(item, [...path, "[]"], replace));
  if (value === null || typeof value !== "object") return value;
  const copy: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    setOwn(copy, name, walk(member, [...path, name], replace));
  }
  return copy;
}

/** A configuration, or what a file of one says, without its credentials. */
export function redactValue(value: unknown): unknown {
  return walk(value, [], () => REDACTED);
}

/** Every credential in a configuration, as it is. */
export function secretsIn(value: unknown): string[] {
  const found = new Set<string>();
  walk(value, [], (secret) => {
    if (secret !== "" && secret !== REDACTED) found.add(secret);
    return secret;
  });
  return [...found];
}

/** How a text may stand in a JSON5 file without an escape that only a parser understands. */
const spellings = (secret: string): string[] => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  secret.replaceAll("\\", "\\\\").replaceAll("'", "\\'"),
];

function holdsSecret(text: string): boolean {
  try {
    return secretsIn(JSON5.parse(text)).length > 0;
  } catch {
    return true;
  }
}

/**
 * The text of a configuration file without its credentials: each is replaced wherever it stands, comments included,
 * the longest first. Upstream leaves one that the file spells with an escape; here a file that still holds one when it
 * is read again is given as its redacted content, without comments and layout.
 * @param sources every form of the file's content: as parsed, and with environment variables filled in.
 */
export function redactText(raw: string, parsed: unknown, sources: readonly unknown[]): string {
  const secrets = new Set([parsed, ...sources].flatMap((source) => secretsIn(source).flatMap(spellings)));
  let text = raw;
  for (const secret of [...secrets].sort((a, b) => b.length - a.length)) {
    text = text.replaceAll(secret, REDACTED);
  }
  return holdsSecret(text) ? JSON.stringify(redactValue(parsed), null, 2) : text;
}
