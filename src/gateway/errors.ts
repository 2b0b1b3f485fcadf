/** What can keep a gateway from starting. */
export type GatewayErrorCode =
  | "PORT_IN_USE"
  | "LISTEN_FAILED"
  | "CONFIG_UNREADABLE"
  | "CONFIG_INVALID"
  | "AUTH_INCOMPLETE"
  | "AUTH_UNSAFE"
  | "STATE_UNREADABLE"
  | "STATE_LOCKED"
  | "STORE_CORRUPT"
  | "MIGRATION_REFUSED";

/** A refusal to start: what is wrong (`message`), and what the operator can do about it (`hint`). */
export class GatewayError extends Error {
  override readonly name = "GatewayError";
  readonly code: GatewayErrorCode;
  readonly hint: string;

  constructor(code: GatewayErrorCode, message: string, hint: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.hint = hint;
  }
}

const TEXT_LIMIT = 240;

/** Cuts a text as the gateway cuts the errors it puts on the wire: 240 UTF-16 units, then `...`. */
const cut = (text: string): string => (text.length > TEXT_LIMIT ? `${text.slice(0, TEXT_LIMIT)}...` : text);

/**
 * The text of a thrown value as it goes on the wire with UNAVAILABLE: name, message and, where the error has one,
 * its code (upstream-2026.2.17 section 1.8).
 */
export function describeThrown(thrown: unknown): string {
  if (thrown !== null && typeof thrown === "object") {
    const { name, message, code } = thrown as { name?: unknown; message?: unknown; code?: unknown };
    const parts: string[] = [];
    if (typeof name === "string" && name !== "") parts.push(name);
    if (typeof message === "string" && message.trim() !== "") parts.push(message.trim());
    if (typeof code === "string" || typeof code === "number") parts.push(`code=${code}`);
    if (parts.length > 0) return cut(parts.join(": "));
  }
  if (typeof thrown === "string") return cut(thrown);
  return cut(JSON.stringify(thrown) ?? String(thrown));
}
