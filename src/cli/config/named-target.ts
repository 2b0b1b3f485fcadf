import { LockstepError } from "../../contract/lockstep-error.ts";
import type { LoadedConfig } from "./load-config.ts";
import type { TargetSettings } from "./schema.ts";

/** A target that the configuration names, as the command line would have it. */
export interface NamedTarget {
  readonly name: string;
  /** What `resolveTarget` takes. */
  readonly spec: string;
  readonly settings: TargetSettings;
}

/** The name in `@name` or `profile:name`; nothing for any other word. */
export function nameIn(word: string): string | undefined {
  return /^(?:@|profile:)(.*)$/s.exec(word)?.[1];
}

/**
 * Looks a target up by its name.
 * @throws LockstepError TARGET_INVALID when the configuration has none of that name.
 */
export function namedTarget(name: string, loaded: LoadedConfig | undefined): NamedTarget {
  const targets = loaded?.config.targets ?? {};
  const found = Object.hasOwn(targets, name) ? targets[name] : undefined;
  if (found === undefined) {
    const known = Object.keys(targets)
      .map((one) => `@${one}`)
      .join(", ");
    const hint =
      loaded === undefined
        ? "there is no configuration in this folder; lockstep init writes one"
        : `${loaded.file} names ${known === "" ? "none; write it under targets" : known}`;
    throw new LockstepError("TARGET_INVALID", `no target is called ${JSON.stringify(name)}`, { hint });
  }
  if (typeof found === "string") return { name, spec: found, settings: {} };
  const spec = found.command === undefined ? (found.url ?? "") : `cmd:${found.command}`;
  return { name, spec, settings: found };
}
