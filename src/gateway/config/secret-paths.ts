/**
 * Where credentials stand in `openclaw.json`: `[]` is any item of a list, `*` any member
 * (upstream 2026.2.17, `config.schema`, hints marked sensitive).
 */
export const SECRET_PATHS: readonly string[] = [
  "gateway.remote.token",
  "gateway.remote.password",
  "gateway.auth.token",
  "gateway.auth.password",
  "tools.web.search.apiKey",
  "tools.web.search.perplexity.apiKey",
  "tools.web.search.grok.apiKey",
  "agents.defaults.memorySearch.remote.apiKey",
  "agents.list[].memorySearch.remote.apiKey",
  "talk.apiKey",
  "models.providers.*.apiKey",
  "messages.tts.elevenlabs.apiKey",
  "messages.tts.openai.apiKey",
  "cron.webhookToken",
  "hooks.token",
  "hooks.mappings[].sessionKey",
  "hooks.gmail.pushToken",
  "skills.entries.*.apiKey",
  "channels.slack.signingSecret",
  "channels.slack.accounts.*.signingSecret",
  "plugins.entries.*.config.telnyx.publicKey",
];

/**
 * Places whose every text counts as a credential although upstream shows it: variables and headers are where users
 * put keys of services that have no member of their own.
 */
const SECRET_HOLDERS: readonly string[] = [
  "env.*",
  "env.vars.*",
  "skills.entries.*.env.*",
  "models.providers.*.headers.*",
  "models.providers.*.models[].headers.*",
];

/** What a member that holds a credential is called, wherever it stands. */
const SECRET_NAMES = [/token$/i, /password/i, /secret/i, /api.?key/i];
/** Names that only look like it. */
const HARMLESS_ENDINGS = [
  "maxtokens",
  "maxoutputtokens",
  "maxinputtokens",
  "maxcompletiontokens",
  "contexttokens",
  "totaltokens",
  "tokencount",
  "tokenlimit",
  "tokenbudget",
  "passwordfile",
];

interface PathTree {
  readonly members: Map<string, PathTree>;
  ends: boolean;
}

const newTree = (): PathTree => ({ members: new Map(), ends: false });

function plant(paths: readonly string[]): PathTree {
  const root = newTree();
  for (const path of paths) {
    let node = root;
    for (const part of path.replaceAll("[]", ".[]").split(".")) {
      const next = node.members.get(part) ?? newTree();
      node.members.set(part, next);
      node = next;
    }
    node.ends = true;
  }
  return root;
}

const TREE = plant([...SECRET_PATHS, ...SECRET_HOLDERS]);

/** Whether a text at this place is a credential. @param path member names from the root; `[]` for an item of a list. */
export function isSecretPlace(path: readonly string[]): boolean {
  let level = [TREE];
  for (const part of path) {
    level = level.flatMap((node) =>
      [node.members.get(part), part === "[]" ? undefined : node.members.get("*")].filter(
        (next) => next !== undefined,
      ),
    );
  }
  if (level.some((node) => node.ends)) return true;
  const joined = path.filter((part) => part !== "[]").join(".");
  const lowered = joined.toLowerCase();
  if (HARMLESS_ENDINGS.some((ending) => lowered.endsWith(ending))) return false;
  return SECRET_NAMES.some((pattern) => pattern.test(joined));
}
