import { readFile } from "node:fs/promises";
import JSON5 from "json5";
import { GatewayError } from "../errors.ts";
import { keepReadable } from "./config-shape.ts";
import type { Environment } from "./paths.ts";
import { substituteEnvironment } from "./substitute.ts";
import type { GatewayConfig } from "./types.ts";

/** A configuration and what was left out of it because its type was wrong (paths such as `agents.list.0.id`). */
export interface ReadConfig {
  readonly config: GatewayConfig;
  readonly dropped: readonly string[];
}

/**
 * Makes a configuration of a parsed file: `${NAME}` is replaced, members of a wrong type are left out, unknown ones
 * stay. What concerns authentication is never left out: a wrong type there is an error.
 * @throws GatewayError CONFIG_INVALID or AUTH_UNSAFE.
 */
export function interpretConfig(parsed: unknown, env: Environment, path: string): ReadConfig {
  if (parsed === null || typeof parsed !== "object" || Array.isArray(parsed)) {
    throw new GatewayError(
      "CONFIG_INVALID",
      `${path} does not hold an object`,
      "Write { } or remove the file.",
    );
  }
  const { value, missing } = substituteEnvironment(parsed, env);
  if (missing.length > 0) {
    throw new GatewayError(
      "CONFIG_INVALID",
      `${path} names environment variables that are not set: ${missing.join(", ")}`,
      "Set them, or write $${NAME} where the text itself is meant.",
    );
  }
  const dropped: string[] = [];
  const config = keepReadable(value, dropped);
  for (const unsafe of ["gateway", "gateway.auth", "gateway.trustedProxies"]) {
    const inside = dropped.find((at) => at === unsafe || at.startsWith(`${unsafe}.`));
    if (inside === undefined || (unsafe === "gateway" && inside !== "gateway")) continue;
    throw new GatewayError(
      "AUTH_UNSAFE",
      `${path}: ${inside} has a type or value this gateway does not understand`,
      "Authentication is never guessed: correct it or remove it.",
    );
  }
  return { config, dropped };
}

/**
 * Reads `openclaw.json` (JSON5). A file that is not there is an empty configuration.
 * @throws GatewayError CONFIG_UNREADABLE when it cannot be read or parsed; see also {@link interpretConfig}.
 */
export async function readConfig(path: string, env: Environment): Promise<ReadConfig> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { config: {}, dropped: [] };
    throw new GatewayError(
      "CONFIG_UNREADABLE",
      `cannot read ${path}: ${(error as Error).message}`,
      "Check that the path is a file and that this user may read it.",
      error,
    );
  }
  let parsed: unknown;
  try {
    parsed = JSON5.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new GatewayError(
      "CONFIG_UNREADABLE",
      `${path} is not JSON5: ${(error as Error).message}`,
      "Correct the file at that place. It has not been changed.",
      error,
    );
  }
  return interpretConfig(parsed, env, path);
}
