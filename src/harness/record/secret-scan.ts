import { LockstepError } from "../../contract/index.ts";

/** Every way in which a secret may stand in a text. */
const disguises = (secret: string): string[] => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  encodeURIComponent(secret),
  Buffer.from(secret).toString("base64").replace(/=+$/, ""),
  Buffer.from(secret).toString("base64url"),
];

const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;

/**
 * Refuses a text that holds a secret, plain, escaped or encoded. The error does not repeat it.
 * @param what names the text for the error
 * @throws LockstepError SECRET_IN_RECORDING
 */
export function scanSecrets(text: string, secrets: Iterable<string>, what = "the recording"): void {
  const found = [...secrets].flatMap(disguises).find((form) => text.includes(form));
  const at = found === undefined ? text.search(PRIVATE_KEY) : text.indexOf(found);
  if (at < 0) return;
  const line = text.slice(0, at).split("\n").length;
  throw new LockstepError("SECRET_IN_RECORDING", `${what} would hold a secret on line ${line}`, {
    hint: "Annotate the place as secret() in the contract, or add the value's name to the capture's secrets.",
  });
}
