import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import JSON5 from "json5";
import type { ResultOf } from "../../contract/index.ts";
import { completeConfig } from "./config-defaults.ts";
import { keepReadable } from "./config-shape.ts";
import type { Environment } from "./paths.ts";
import { redactText, redactValue } from "./redact.ts";
import { findMissingVariable, substituteEnvironment } from "./substitute.ts";

type ConfigSnapshot = ResultOf<"config.get">;

const hashOf = (raw: string): string => createHash("sha256").update(raw).digest("hex");

/** A file that cannot be used: nothing of it is shown, since nobody knows where its credentials are. */
function unusable(path: string, raw: string, at: string, message: string): ConfigSnapshot {
  return {
    path,
    exists: true,
    raw: null,
    parsed: null,
    resolved: {},
    valid: false,
    config: {},
    hash: hashOf(raw),
    issues: [{ path: at, message }],
    warnings: [],
    legacyIssues: [],
  };
}

function absent(path: string, env: Environment): ConfigSnapshot {
  return {
    path,
    exists: false,
    raw: null,
    parsed: {},
    resolved: {},
    valid: true,
    config: completeConfig({}, false, env),
    hash: hashOf(""),
    issues: [],
    warnings: [],
    legacyIssues: [],
  };
}

/**
 * What the text of a configuration file says, without its credentials: as written, as parsed, with `${NAME}` replaced,
 * and with defaults (upstream 2026.2.17, `config.get`).
 * @param path where the file is; only repeated.
 */
export function describeConfig(raw: string, path: string, env: Environment): ConfigSnapshot {
  let parsed: unknown;
  try {
    parsed = JSON5.parse(raw);
  } catch (error) {
    return unusable(path, raw, "", `JSON5 parse failed: ${String(error)}`);
  }
  const missing = findMissingVariable(parsed, env);
  if (missing !== undefined) {
    const { name, at } = missing;
    return unusable(path, raw, "", `Missing env var "${name}" referenced at config path: ${at}`);
  }
  const { value: resolved } = substituteEnvironment(parsed, env);
  if (resolved === null || typeof resolved !== "object" || Array.isArray(resolved)) {
    return unusable(path, raw, "", "Invalid input: expected object");
  }
  const dropped: string[] = [];
  const config = completeConfig(keepReadable(resolved, dropped), true, env);
  const [first] = dropped;
  if (first !== undefined) {
    const issues = dropped.map((at) => ({ path: at, message: "Invalid input" }));
    return { ...unusable(path, raw, first, ""), issues };
  }
  return {
    path,
    exists: true,
    raw: redactText(raw, parsed, [resolved, config]),
    parsed: redactValue(parsed),
    resolved: redactValue(resolved),
    valid: true,
    config: redactValue(config) as Record<string, unknown>,
    hash: hashOf(raw),
    issues: [],
    warnings: [],
    legacyIssues: [],
  };
}

/** Reads the file anew; a caller sees what is on disk, also where the gateway runs on what it read at its start. */
export async function readConfigSnapshot(path: string, env: Environment): Promise<ConfigSnapshot> {
  let raw: string;
  try {
    raw = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return absent(path, env);
    return unusable(path, "", "", `read failed: ${String(error)}`);
  }
  return describeConfig(raw.replace(/^\uFEFF/, ""), path, env);
}
