import { LockstepError } from "../../contract/lockstep-error.ts";
import { commandTarget } from "./command-target.ts";
import { openclawTarget } from "./openclaw-target.ts";
import { type TargetOptions, withDefaults } from "./options.ts";
import { referenceTarget } from "./reference-target.ts";
import type { Target } from "./types.ts";
import { urlTarget } from "./url-target.ts";

/**
 * The target that a name on the command line means. Nothing is launched, reached or installed yet.
 * @param spec `reference`, a `ws://` or `wss://` URL, `cmd:COMMAND`, or `openclaw@VERSION`
 * @throws LockstepError TARGET_INVALID, TARGET_INSECURE
 */
export function resolveTarget(spec: string, options: TargetOptions = {}): Target {
  const name = spec.trim();
  const resolved = withDefaults(options);
  if (name === "reference") return referenceTarget(resolved);
  if (name.startsWith("cmd:")) return commandTarget(name, name.slice("cmd:".length), resolved);
  if (name.startsWith("openclaw@")) return openclawTarget(name, name.slice("openclaw@".length), resolved);
  if (/^wss?:\/\//i.test(name)) return urlTarget(name, resolved);
  throw new LockstepError("TARGET_INVALID", `${JSON.stringify(spec)} is no target`, {
    hint: 'A target is reference, ws://HOST:PORT, wss://HOST, cmd:"COMMAND --port {port}", or openclaw@VERSION.',
  });
}
