import { isJsonObject, setMember } from "../learn/json-tree.ts";

/** Members whose text is a credential, wherever they stand. */
const SECRET_MEMBERS = [
  "token",
  "password",
  "signature",
  "deviceToken",
  "apiKey",
  "secret",
  "accessToken",
  "refreshToken",
  "authorization",
] as const;

/** Shorter texts are hidden where they stand and are not looked for elsewhere: they would be found by chance. */
const SHORTEST_ELSEWHERE = 6;

/** Headers that hold credentials. */
const SECRET_HEADERS = new Set([
  "authorization",
  "proxy-authorization",
  "cookie",
  "set-cookie",
  "x-openclaw-token",
]);

/** What runtimes write in place of a secret: hidden already, and worth comparing. */
const HIDDEN_ALREADY = /REDACTED|^\*+$/;

const PLACEHOLDER = /^<secret:\d+>$/;

/** Whether a captured value stands for a secret. */
export function isPlaceholder(value: unknown): value is string {
  return typeof value === "string" && PLACEHOLDER.test(value);
}

/**
 * Takes credentials out of what is written down. The same secret becomes the same placeholder (`<secret:1>`) everywhere, so
 * that what was equal can still be seen to be; a secret once seen is found inside longer texts too.
 */
export class Redactor {
  readonly #members: ReadonlySet<string>;
  readonly #placeholders = new Map<string, string>();
  readonly #inText: RegExp;

  /**
   * @param members further names of members whose text is hidden
   * @param known secrets that are known before they are seen
   */
  constructor(members: readonly string[] = [], known: readonly string[] = []) {
    const names = [...SECRET_MEMBERS, ...members];
    this.#members = new Set(names.map((name) => name.toLowerCase()));
    const alternatives = names.map((name) => name.replaceAll(/[^\w]/g, String.raw`\$&`)).join("|");
    this.#inText = new RegExp(String.raw`("(?:${alternatives})"\s*:\s*")((?:[^"\\]|\\.)+)`, "gi");
    for (const secret of known) if (secret !== "") this.#hide(secret);
  }

  /** How many different secrets were seen. */
  get count(): number {
    return this.#placeholders.size;
  }

  #hide(secret: string): string {
    // A placeholder that comes by is one that a client made of a capture; hiding it again would lose which it is.
    const known = this.#placeholders.get(secret);
    if (known !== undefined) return known;
    const placeholder = `<secret:${this.#placeholders.size + 1}>`;
    this.#placeholders.set(secret, placeholder);
    return placeholder;
  }

  #inside(text: string): string {
    let out = text;
    for (const [secret, placeholder] of this.#placeholders) {
      if (secret.length >= SHORTEST_ELSEWHERE) out = out.replaceAll(secret, placeholder);
    }
    return out;
  }

  #isSecret(name: string, value: unknown): value is string {
    return (
      typeof value === "string" &&
      value !== "" &&
      this.#members.has(name.toLowerCase()) &&
      !HIDDEN_ALREADY.test(value)
    );
  }

  #gather(value: unknown): void {
    if (Array.isArray(value)) for (const item of value) this.#gather(item);
    else if (isJsonObject(value)) {
      for (const [key, member] of Object.entries(value)) {
        if (this.#isSecret(key, member)) this.#hide(member);
        else this.#gather(member);
      }
    }
  }

  #replace(value: unknown): unknown {
    if (typeof value === "string") return this.#inside(value);
    if (Array.isArray(value)) return value.map((item) => this.#replace(item));
    if (!isJsonObject(value)) return value;
    const out: Record<string, unknown> = {};
    for (const [key, member] of Object.entries(value)) {
      const shown = this.#isSecret(key, member) ? this.#hide(member) : this.#replace(member);
      setMember(out, this.#inside(key), shown);
    }
    return out;
  }

  /** A JSON value without its secrets. */
  json(value: unknown): unknown {
    this.#gather(value);
    return this.#replace(value);
  }

  /** A text that is no JSON. What reads like a member with a secret is hidden there too. */
  text(text: string): string {
    const out = text.replaceAll(this.#inText, (whole, before: string, secret: string) =>
      HIDDEN_ALREADY.test(secret) ? whole : before + this.#hide(secret),
    );
    return this.#inside(out);
  }

  /** Bytes as base64; the placeholder of one of them when they hold a secret. */
  bytes(data: Buffer): string {
    const text = data.toString("latin1");
    for (const [secret, placeholder] of this.#placeholders) {
      if (secret.length >= SHORTEST_ELSEWHERE && text.includes(secret)) return placeholder;
    }
    return data.toString("base64");
  }

  /** Path and query of a request: values of secret parameters are hidden. */
  path(path: string): string {
    const mark = path.indexOf("?");
    if (mark < 0) return this.#inside(path);
    const query = path.slice(mark + 1).split("&");
    const shown = query.map((pair) => {
      const [name = "", ...rest] = pair.split("=");
      const value = rest.join("=");
      if (value === "" || !this.#members.has(name.toLowerCase())) return pair;
      let decoded = value;
      try {
        decoded = decodeURIComponent(value);
      } catch {
        // Not encoded as it should be: hidden as it stands.
      }
      return `${name}=${this.#hide(decoded)}`;
    });
    return this.#inside(`${path.slice(0, mark)}?${shown.join("&")}`);
  }

  /** A header's value. */
  header(name: string, value: string): string {
    if (!SECRET_HEADERS.has(name.toLowerCase())) return this.#inside(value);
    return value.startsWith("Bearer ") ? `Bearer ${this.#hide(value.slice(7))}` : this.#hide(value);
  }
}
