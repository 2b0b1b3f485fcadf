import type { Environment } from "./paths.ts";

/** `$${NAME}` (meant literally) or `${NAME}`. */
const REFERENCE = /\$(\$?)\{([A-Z_][A-Z0-9_]*)\}/g;

/**
 * Replaces `${NAME}` in every string of a configuration. Without this a token written as `${SECRET}` would be
 * taken literally, and be known to everybody who has seen the file.
 * @returns a copy, and the names that are not set or empty.
 */
export function substituteEnvironment(
  value: unknown,
  env: Environment,
): { value: unknown; missing: string[] } {
  const missing = new Set<string>();
  const visit = (node: unknown): unknown => {
    if (typeof node === "string") {
      return node.replaceAll(REFERENCE, (whole: string, escape: string, name: string) => {
        if (escape !== "") return whole.slice(1);
        const found = env[name];
        if (found === undefined || found === "") missing.add(name);
        return found ?? "";
      });
    }
    if (Array.isArray(node)) return node.map(visit);
    if (node === null || typeof node !== "object") return node;
    return Object.fromEntries(Object.entries(node).map(([key, member]) => [key, visit(member)]));
  };
  return { value: visit(value), missing: [...missing] };
}

/**
 * The first reference to an environment variable that is not set or empty.
 * @returns its name and its place, as `a.b[0].c`.
 */
export function findMissingVariable(
  value: unknown,
  env: Environment,
  at = "",
): { name: string; at: string } | undefined {
  if (typeof value === "string") {
    const [name] = substituteEnvironment(value, env).missing;
    return name === undefined ? undefined : { name, at };
  }
  if (value === null || typeof value !== "object") return undefined;
  const places = Array.isArray(value)
    ? value.map((item: unknown, index) => [`${at}[${index}]`, item] as const)
    : Object.entries(value).map(([key, member]) => [at === "" ? key : `${at}.${key}`, member] as const);
  for (const [place, member] of places) {
    const found = findMissingVariable(member, env, place);
    if (found !== undefined) return found;
  }
  return undefined;
}
