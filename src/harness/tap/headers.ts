import { isLoopback } from "../target/url-target.ts";

/** Names and values in pairs, as they came, with the name of another host where the gateway has one. */
export function headersFor(raw: readonly string[], upstream: URL): string[] {
  if (isLoopback(upstream.hostname)) return [...raw];
  // On loopback the name a client used decides which origins may connect; elsewhere it decides who is reached at all.
  return raw.map((value, index) =>
    index % 2 === 1 && raw[index - 1]?.toLowerCase() === "host" ? upstream.host : value,
  );
}

/** The same as `http.request` takes them: repeated ones as lists, names as they were written. */
export function headerObject(pairs: readonly string[]): Record<string, string | string[]> {
  const out: Record<string, string | string[]> = {};
  for (let index = 0; index + 1 < pairs.length; index += 2) {
    const [name = "", value = ""] = pairs.slice(index, index + 2);
    const before = out[name];
    out[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
  }
  return out;
}
