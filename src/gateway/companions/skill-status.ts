import JSON5 from "json5";
import type { ResultOf } from "../../contract/index.ts";
import type { GatewayConfig } from "../config/types.ts";
import { isRecord, type JsonRecord, stringOrNone, trimmedOrNone } from "../sessions/json.ts";
import { type Machine, nameList } from "./machine.ts";
import { manifestOf, type SkillFile } from "./skill-files.ts";
import { installOptions } from "./skill-install.ts";

type SkillStatus = ResultOf<"skills.status">["skills"][number];
type Needs = SkillStatus["requirements"];

function configSays(config: GatewayConfig, path: string): boolean {
  let value: unknown = config;
  for (const part of path.split(".").filter((name) => name !== "")) {
    value = isRecord(value) && Object.hasOwn(value, part) ? value[part] : undefined;
  }
  // Upstream's browser is on unless it is switched off.
  if (value === undefined) return path === "browser.enabled" || path === "browser.evaluateEnabled";
  return typeof value === "string" ? value.trim() !== "" : value !== null && value !== false && value !== 0;
}

const NOTHING: Needs = { bins: [], anyBins: [], env: [], config: [], os: [] };

function text(frontmatter: JsonRecord, name: string): string | undefined {
  const value = frontmatter[name];
  return typeof value === "number" || typeof value === "boolean" ? String(value) : trimmedOrNone(value);
}

/** Whether a skill can be used here, and what it lacks (upstream 2026.2.17, `skills.status`). */
export function skillStatus(skill: SkillFile, config: GatewayConfig, machine: Machine): SkillStatus {
  const { name, description, source, filePath, baseDir, frontmatter } = skill;
  const manifest = manifestOf(frontmatter, (raw) => JSON5.parse(raw));
  const skillKey = stringOrNone(manifest["skillKey"]) ?? name;
  const entries = config.skills?.entries ?? {};
  const settings = Object.hasOwn(entries, skillKey) ? entries[skillKey] : undefined;
  const primaryEnv = stringOrNone(manifest["primaryEnv"]);
  const requires = isRecord(manifest["requires"]) ? manifest["requires"] : {};
  const requirements: Needs = {
    bins: nameList(requires["bins"]),
    anyBins: nameList(requires["anyBins"]),
    env: nameList(requires["env"]),
    config: nameList(requires["config"]),
    os: nameList(manifest["os"]),
  };
  const configChecks = requirements.config.map((path) => ({ path, satisfied: configSays(config, path) }));
  const hasVariable = (variable: string): boolean =>
    [
      machine.env[variable],
      settings?.env?.[variable],
      variable === primaryEnv ? settings?.apiKey : undefined,
    ].some((value) => value !== undefined && value !== "");
  const always = manifest["always"] === true;
  const anyProgram = requirements.anyBins.some((program) => machine.hasProgram(program));
  const missing: Needs = always
    ? NOTHING
    : {
        bins: requirements.bins.filter((program) => !machine.hasProgram(program)),
        anyBins: anyProgram ? [] : requirements.anyBins,
        env: requirements.env.filter((variable) => !hasVariable(variable)),
        config: configChecks.filter(({ satisfied }) => !satisfied).map(({ path }) => path),
        os: requirements.os.includes(machine.platform) ? [] : requirements.os,
      };
  const disabled = settings?.enabled === false;
  const emoji = stringOrNone(manifest["emoji"]) ?? text(frontmatter, "emoji");
  const homepage =
    stringOrNone(manifest["homepage"]) ??
    ["homepage", "website", "url"]
      .map((member) => text(frontmatter, member))
      .find((url) => url !== undefined);
  return {
    name,
    description,
    source,
    bundled: false,
    filePath,
    baseDir,
    skillKey,
    ...(primaryEnv === undefined ? {} : { primaryEnv }),
    ...(emoji === undefined || emoji === "" ? {} : { emoji }),
    ...(homepage === undefined || homepage.trim() === "" ? {} : { homepage: homepage.trim() }),
    always,
    disabled,
    blockedByAllowlist: false,
    eligible: !disabled && Object.values(missing).every((list) => list.length === 0),
    requirements,
    missing,
    configChecks,
    install: installOptions(manifest["install"], requirements.os, config, machine),
  };
}
