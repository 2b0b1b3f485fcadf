import { isSilentReply } from "../chat/inbound-text.ts";

const TOKEN = "HEARTBEAT_OK";
const TOKEN_AT_END = /HEARTBEAT_OK[^\w]{0,4}$/;

/** What a model's answer to a heartbeat comes to. */
export type HeartbeatReply =
  | { readonly kind: "nothing" | "acknowledged" }
  | { readonly kind: "text"; readonly text: string };

function withoutMarkup(text: string): string {
  // Behind the last bracket no tag closes; to look for one from every opening bracket takes for ever.
  const end = text.lastIndexOf(">") + 1;
  const tagless = text.slice(0, end).replaceAll(/<[^>]*>/g, " ") + text.slice(end);
  return tagless
    .replaceAll(/&nbsp;/gi, " ")
    .replace(/^[*`~_]+/, "")
    .replace(/(?<![*`~_])[*`~_]+$/, "");
}

/** A text without the tokens at its beginning and end; nothing when there are none. */
function withoutToken(raw: string): string | undefined {
  let text = raw.trim();
  let found = false;
  for (;;) {
    if (text.startsWith(TOKEN)) text = text.slice(TOKEN.length).trimStart();
    else if (TOKEN_AT_END.test(text)) {
      const at = text.lastIndexOf(TOKEN);
      const before = text.slice(0, at).trimEnd();
      // Up to four characters behind the token close the sentence before it.
      text = before === "" ? "" : `${before}${text.slice(at + TOKEN.length).trimStart()}`.trimEnd();
    } else break;
    found = true;
  }
  return found ? text.replaceAll(/\s+/g, " ").trim() : undefined;
}

/**
 * Reads an answer: the token HEARTBEAT_OK at its beginning or end, in markup or not, says that all is well, and so does
 * what stands beside it when it is short.
 * @param ackMaxChars UTF-16 units that may stand beside the token.
 */
export function readHeartbeatReply(answer: string, ackMaxChars: number): HeartbeatReply {
  const text = answer.trim();
  if (text === "" || isSilentReply(text)) return { kind: "nothing" };
  const plain = withoutToken(text);
  const rest = plain === undefined || plain === "" ? withoutToken(withoutMarkup(text)) : plain;
  if (rest === undefined) return plain === undefined ? { kind: "text", text } : { kind: "acknowledged" };
  return rest.length <= ackMaxChars ? { kind: "acknowledged" } : { kind: "text", text: rest };
}
