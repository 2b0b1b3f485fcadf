/** Words a client may use for each stored value of a setting. */
type Vocabulary = ReadonlyMap<string, string>;

function vocabulary(words: Readonly<Record<string, string>>): Vocabulary {
  const byWord = new Map<string, string>();
  for (const [stored, accepted] of Object.entries(words)) {
    for (const word of accepted.split(" ")) byWord.set(word, stored);
  }
  return byWord;
}

const THINKING = vocabulary({
  off: "off",
  minimal: "min minimal think",
  low: "low on enable enabled thinkhard think-hard think_hard",
  medium: "mid med medium thinkharder think-harder harder",
  high: "high ultra ultrathink thinkhardest highest max",
});
const VERBOSE = vocabulary({
  off: "off false no 0",
  on: "on minimal true yes 1",
  full: "full all everything",
});
const REASONING = vocabulary({
  off: "off false no 0 hide hidden disable disabled",
  on: "on true yes 1 show visible enable enabled",
  stream: "stream streaming draft live",
});
const ELEVATED = vocabulary({
  off: "off false no 0",
  on: "on true yes 1",
  ask: "ask prompt approval approve",
  full: "full auto auto-approve autoapprove",
});
const RESPONSE_USAGE = vocabulary({ off: "off", tokens: "tokens on", full: "full" });
const EXEC_HOST = vocabulary({ sandbox: "sandbox", gateway: "gateway", node: "node" });
const EXEC_SECURITY = vocabulary({ deny: "deny", allowlist: "allowlist", full: "full" });
const EXEC_ASK = vocabulary({ off: "off", "on-miss": "on-miss", always: "always" });

/** The stored thinking level for a client's word: blanks around it and case don't count (upstream-2026.2.17 section 3.4). */
export function thinkingLevel(word: string): string | undefined {
  const key = word.trim().toLowerCase();
  const collapsed = key.replace(/[\s_-]+/g, "");
  if (collapsed === "xhigh" || collapsed === "extrahigh") return "xhigh";
  return THINKING.get(key);
}

// These three are not trimmed: upstream refuses " on " (upstream-2026.2.17 quirk 54).
/** The stored verbose level: off, on or full. */
export const verboseLevel = (word: string): string | undefined => VERBOSE.get(word.toLowerCase());
/** The stored reasoning level: off, on or stream. */
export const reasoningLevel = (word: string): string | undefined => REASONING.get(word.toLowerCase());
/** The stored elevated level: off, on, ask or full. */
export const elevatedLevel = (word: string): string | undefined => ELEVATED.get(word.toLowerCase());

/** The stored response-usage mode: off, tokens or full. */
export const responseUsage = (word: string): string | undefined => RESPONSE_USAGE.get(word.toLowerCase());
/** Where commands run. */
export const execHost = (word: string): string | undefined => EXEC_HOST.get(word.trim().toLowerCase());
/** Which commands run. */
export const execSecurity = (word: string): string | undefined =>
  EXEC_SECURITY.get(word.trim().toLowerCase());
/** When somebody is asked before a command runs. */
export const execAsk = (word: string): string | undefined => EXEC_ASK.get(word.trim().toLowerCase());

const XHIGH_MODELS = [
  "openai/gpt-5.2",
  "openai-codex/gpt-5.3-codex",
  "openai-codex/gpt-5.3-codex-spark",
  "openai-codex/gpt-5.2-codex",
  "openai-codex/gpt-5.1-codex",
  "github-copilot/gpt-5.2-codex",
  "github-copilot/gpt-5.2",
];

/** Whether a model can think at level `xhigh`. */
export function supportsXhigh(provider: string, model: string): boolean {
  const modelName = model.trim().toLowerCase();
  const providerName = provider.trim().toLowerCase();
  if (modelName === "") return false;
  if (providerName !== "") return XHIGH_MODELS.includes(`${providerName}/${modelName}`);
  return XHIGH_MODELS.some((reference) => reference.endsWith(`/${modelName}`));
}

/** The models that can think at level `xhigh`, as the refusal names them. */
export function xhighModelsText(): string {
  return `${XHIGH_MODELS.slice(0, -1).join(", ")} or ${XHIGH_MODELS.at(-1)}`;
}

/** The thinking levels a model offers, as the refusal of an unknown word names them. */
export function thinkingLevelsText(provider: string, model: string): string {
  if (["zai", "z.ai", "z-ai"].includes(provider.trim().toLowerCase())) return "off|on";
  const levels = ["off", "minimal", "low", "medium", "high"];
  if (supportsXhigh(provider, model)) levels.push("xhigh");
  return levels.join("|");
}
