import { seedSession } from "./seed-entry.ts";
import { seedTranscript } from "./seed-transcript.ts";

/** What is made for a rehearsal that was given no state directory. */
export interface SeedOptions {
  /** The first is the default one. */
  readonly agents: readonly string[];
  /** Over all agents. */
  readonly sessions: number;
  /** Epoch ms. */
  readonly now: number;
  /** Absolute path of the state directory that the files will lie in. */
  readonly stateDir: string;
}

/** An agent that the configuration does not name: its store is nobody's, and stays as it is. */
const RETIRED = "retired";

const NAMES = ["main", "ops", "sales", "docs", "lab"];

/** Names of so many agents, `main` first. */
export function agentNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => NAMES[index] ?? `team-${index + 1}`);
}

const sessionsOf = (agent: string): string => `agents/${agent}/sessions`;

/** Files that are none of a gateway's business, some in a form that rewriting would change. */
function foreignFiles(now: number): [string, string][] {
  const old = seedSession(RETIRED, 1, now, "/elsewhere");
  const profile = { type: "api_key", provider: "spare", key: "not-a-key" };
  return [
    ["notes.txt", "Not yours.\r\n"],
    ["credentials/oauth.json", '{ "spare" : {"token":"not-a-token"} }\n\n'],
    [
      "agents/main/agent/auth-profiles.json",
      JSON.stringify({ version: 1, profiles: { "spare:default": profile } }),
    ],
    [`${sessionsOf("main")}/keep.me`, "\u0000\u0001 kept"],
    [`${sessionsOf(RETIRED)}/sessions.json`, JSON.stringify({ [old.key]: old.entry }, null, 4)],
    [`${sessionsOf(RETIRED)}/${old.sessionId}.jsonl`, "no transcript at all"],
  ];
}

/**
 * The bulk of a state directory in upstream's layout (upstream-2026.2.17 section 5): sessions of every kind over all
 * agents, their transcripts, transcripts of no session, and files of others.
 * @returns path below the state directory -> content
 */
export function seedState({ agents, sessions, now, stateDir }: SeedOptions): Map<string, string> {
  const stores = new Map<string, Record<string, unknown>>(agents.map((agent) => [agent, {}]));
  const files = new Map<string, string>();
  for (let index = 0; index < sessions; index += 1) {
    const agent = agents[index % agents.length] ?? "main";
    const folder = sessionsOf(agent);
    const made = seedSession(agent, index, now, `${stateDir}/${folder}`);
    const store = stores.get(agent);
    if (store !== undefined) store[made.key] = made.entry;
    if (made.transcript === undefined) continue;
    const { sessionId, updatedAt } = made;
    const text = seedTranscript({ sessionId, index, endsAt: updatedAt, cwd: "/workspace" });
    files.set(`${folder}/${made.transcript}.jsonl`, text);
  }
  for (const [number, agent] of agents.entries()) {
    const sessionId = `0a2f0000-0000-4000-8000-${number.toString(16).padStart(12, "0")}`;
    const text = seedTranscript({ sessionId, index: number + 1, endsAt: now - 3_600_000, cwd: "/workspace" });
    files.set(`${sessionsOf(agent)}/${sessionId}.jsonl`, text);
  }
  const main = stores.get("main");
  if (main !== undefined) {
    const shared = { updatedAt: now - 7_200_000, "x-later": true };
    main["global"] = { sessionId: "5eed0000-0000-4000-8000-fffffffffff0", ...shared };
    main["unknown"] = { sessionId: "5eed0000-0000-4000-8000-fffffffffff1", ...shared };
  }
  for (const [agent, store] of stores)
    files.set(`${sessionsOf(agent)}/sessions.json`, JSON.stringify(store, null, 2));
  for (const [path, content] of foreignFiles(now)) files.set(path, content);
  return files;
}
