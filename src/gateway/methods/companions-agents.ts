import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ParamsOf, ResultOf } from "../../contract/index.ts";
import { avatarUrl } from "../companions/avatar-file.ts";
import { parseIdentityFile, resolveIdentity } from "../companions/identity.ts";
import { describeMachine } from "../companions/machine.ts";
import { readSkills } from "../companions/skill-files.ts";
import { skillStatus } from "../companions/skill-status.ts";
import { workspaceOf } from "../companions/workspace.ts";
import { resolveHome, resolveUserPath } from "../config/paths.ts";
import { agentSection, defaultAgentId, normalizeAgentId } from "../sessions/agents.ts";
import { trimmedOrNone } from "../sessions/json.ts";
import { parseAgentKey } from "../sessions/key.ts";
import type { CompanionParts } from "./companions.ts";
import { invalidRequest, type MethodHandler, type MethodOutcome, success } from "./types.ts";

type ListedAgent = ResultOf<"agents.list">["agents"][number];

const workspaceFor = ({ config, stateDir, env }: CompanionParts, agentId: string): string =>
  workspaceOf(config, agentId, stateDir, env);

async function describeAgent(parts: CompanionParts, id: string): Promise<ListedAgent> {
  const section = agentSection(parts.config, id);
  const name = trimmedOrNone(section?.name);
  const own = section?.identity;
  if (own === undefined) return { id, ...(name === undefined ? {} : { name }) };
  const avatar = trimmedOrNone(own.avatar);
  const members = {
    name: trimmedOrNone(own.name),
    theme: trimmedOrNone(own.theme),
    emoji: trimmedOrNone(own.emoji),
    avatar,
    avatarUrl: avatar === undefined ? undefined : await avatarUrl(avatar, workspaceFor(parts, id)),
  };
  const identity = Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
  return { id, ...(name === undefined ? {} : { name }), identity };
}

/** `agents.list`: the agents, the default one first, with what the configuration says of who they are. */
export function createAgentsList(parts: CompanionParts): MethodHandler {
  return async () => {
    const { config } = parts;
    const agents: ListedAgent[] = [];
    for (const id of parts.sessions.agents()) agents.push(await describeAgent(parts, id));
    return success({
      defaultId: defaultAgentId(config),
      mainKey: "main",
      scope: config.session?.scope ?? "per-sender",
      agents,
    });
  };
}

const IDENTITY_PARAMS = "invalid agent.identity.get params:";

/** Which agent is meant; a refusal when id and session key say different things. */
function chooseAgent(
  { agentId, sessionKey }: ParamsOf<"agent.identity.get">,
  defaultId: string,
): string | MethodOutcome {
  const asked = trimmedOrNone(agentId);
  const key = trimmedOrNone(sessionKey);
  const named = asked === undefined ? undefined : normalizeAgentId(asked);
  if (key === undefined) return named ?? defaultId;
  const parsed = parseAgentKey(key);
  if (parsed === undefined && key.toLowerCase().startsWith("agent:")) {
    return invalidRequest(`${IDENTITY_PARAMS} malformed session key "${key}"`);
  }
  // A key without an agent belongs to `main` here, whatever agent is the default.
  const owner = normalizeAgentId(parsed?.agentId);
  if (named !== undefined && named !== owner) {
    return invalidRequest(`${IDENTITY_PARAMS} agent "${asked}" does not match session key agent "${owner}"`);
  }
  return owner;
}

/** `agent.identity.get`: the name and the picture under which an agent appears. */
export function createAgentIdentity(parts: CompanionParts): MethodHandler {
  return async (params) => {
    const chosen = chooseAgent(params as ParamsOf<"agent.identity.get">, defaultAgentId(parts.config));
    if (typeof chosen !== "string") return chosen;
    const file = join(workspaceFor(parts, chosen), "IDENTITY.md");
    const text = await readFile(file, "utf8").catch(() => "");
    return success(resolveIdentity(parts.config, chosen, parseIdentityFile(text)));
  };
}

/** `skills.status`: the skills of an agent's workspace, of the state directory and of the user; none is bundled. */
export function createSkillsStatus(parts: CompanionParts): MethodHandler {
  const { config, stateDir, env } = parts;
  const machine = describeMachine(process.platform, env);
  return async (params) => {
    const asked = trimmedOrNone((params as ParamsOf<"skills.status">).agentId);
    const agentId = asked === undefined ? defaultAgentId(config) : normalizeAgentId(asked);
    if (
      asked !== undefined &&
      agentId !== defaultAgentId(config) &&
      agentSection(config, agentId) === undefined
    ) {
      return invalidRequest(`unknown agent id "${asked}"`);
    }
    const workspaceDir = workspaceFor(parts, agentId);
    const managedSkillsDir = join(stateDir, "skills");
    const extra = (config.skills?.load?.extraDirs ?? []).filter((directory) => directory.trim() !== "");
    const skills = await readSkills([
      ...extra.map((directory) => ({ directory: resolveUserPath(directory, env), source: "openclaw-extra" })),
      { directory: managedSkillsDir, source: "openclaw-managed" },
      { directory: join(resolveHome(env), ".agents", "skills"), source: "agents-skills-personal" },
      { directory: join(workspaceDir, ".agents", "skills"), source: "agents-skills-project" },
      { directory: join(workspaceDir, "skills"), source: "openclaw-workspace" },
    ]);
    return success({
      workspaceDir,
      managedSkillsDir,
      skills: skills.map((skill) => skillStatus(skill, config, machine)),
    });
  };
}
