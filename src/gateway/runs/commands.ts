import type { Directives, LevelDirective } from "../chat/directives.ts";
import { commandWords } from "../chat/inbound-text.ts";
import type { GatewayConfig } from "../config/types.ts";
import { isKnownModel } from "../sessions/model-catalog.ts";
import { asEntry } from "../sessions/entry.ts";
import { type JsonRecord, stringOrNone, withoutUndefined } from "../sessions/json.ts";
import { supportsXhigh, thinkingLevelsText, xhighModelsText } from "../sessions/levels.ts";
import { chooseModel, defaultModel, type ModelRef, sessionModel } from "../sessions/models.ts";
import type { SessionTarget } from "../store/target.ts";
import { queueChange, queueQuestion } from "./queue-command.ts";
import { entryOf, type RunRoom } from "./room.ts";
import { describeSession } from "./status-text.ts";

/** Who sent a command. */
export interface CommandSender {
  readonly id: string | undefined;
  readonly displayName: string | undefined;
}

const HELP = `ℹ️ Help

Session
  /new  |  /reset  |  /compact [instructions]  |  /stop

Options
  /think <level>  |  /model <id>  |  /verbose on|off

Status
  /status  |  /whoami  |  /context

Skills
  /skill <name> [input]

More: /commands for full list`;

function whoAmI({ id, displayName }: CommandSender): string {
  const lines = ["🧭 Identity", "Channel: webchat"];
  if (id !== undefined) lines.push(`User id: ${id}`);
  if (displayName !== undefined) lines.push(`Username: @${displayName}`);
  if (id !== undefined) lines.push(`AllowFrom: ${id}`);
  return lines.join("\n");
}

async function cycleUsage(room: RunRoom, target: SessionTarget, word: string): Promise<string> {
  const order = ["off", "tokens", "full"];
  const current = stringOrNone(entryOf(room.sessions, target)?.["responseUsage"]) ?? "off";
  const next = order.includes(word) ? word : (order[(order.indexOf(current) + 1) % order.length] ?? "off");
  await change(room, target, (entry) => ({ ...entry, responseUsage: next === "off" ? undefined : next }));
  return `⚙️ Usage footer: ${next}.`;
}

async function change(
  room: RunRoom,
  target: SessionTarget,
  edit: (entry: JsonRecord) => JsonRecord,
): Promise<void> {
  await room.sessions.change(target.path, (draft) => {
    const entry = asEntry(draft.get(target.key));
    if (entry !== undefined)
      draft.set(target.key, withoutUndefined({ ...edit(entry), updatedAt: room.now() }));
  });
}

/**
 * Carries out a message that is one command by itself.
 * @returns the reply; nothing when the message is no such command.
 */
export async function runCommand(
  room: RunRoom,
  target: SessionTarget,
  message: string,
  sender: CommandSender,
): Promise<string | undefined> {
  const [name = "", word = ""] = commandWords(message).toLowerCase().split(" ", 2);
  switch (name) {
    case "/help":
      return HELP;
    case "/whoami":
    case "/id":
      return whoAmI(sender);
    case "/usage":
      return await cycleUsage(room, target, word);
    default:
      return undefined;
  }
}

interface LevelWords {
  readonly member: string;
  readonly title: string;
  /** As the answer to a bare question names them, and as a refusal does. */
  readonly options: string;
  readonly valid: string;
}

const VERBOSE: LevelWords = {
  member: "verboseLevel",
  title: "verbose",
  options: "on, full, off",
  valid: "off, on, full",
};
const REASONING: LevelWords = {
  member: "reasoningLevel",
  title: "reasoning",
  options: "on, off, stream",
  valid: "off, on, stream",
};
const ELEVATED: LevelWords = {
  member: "elevatedLevel",
  title: "elevated",
  options: "on, off, ask, full",
  valid: "on, off, ask, full",
};

/** The reply to a level that was not named or is not known. */
function questionReply(
  directive: LevelDirective | undefined,
  words: LevelWords,
  current: string,
): string | undefined {
  if (directive === undefined || directive.level !== undefined) return undefined;
  return directive.word === undefined
    ? `Current ${words.title} level: ${current}.\nOptions: ${words.options}.`
    : `Unrecognized ${words.title} level "${directive.word}". Valid levels: ${words.valid}.`;
}

const ACKNOWLEDGED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  verbose: {
    off: "⚙️ Verbose logging disabled.",
    on: "⚙️ Verbose logging enabled.",
    full: "⚙️ Verbose logging set to full.",
  },
  reasoning: {
    off: "⚙️ Reasoning visibility disabled.",
    on: "⚙️ Reasoning visibility enabled.",
    stream: "⚙️ Reasoning stream enabled (Telegram only).",
  },
  elevated: {
    off: "⚙️ Elevated mode disabled.",
    on: "⚙️ Elevated mode set to ask (approvals may still apply).",
    ask: "⚙️ Elevated mode set to ask (approvals may still apply).",
    full: "⚙️ Elevated mode set to full (auto-approve).",
  },
};

const sameModel = (one: ModelRef, other: ModelRef): boolean =>
  one.provider === other.provider && one.model === other.model;

/** Whether a command may choose a model: more strictly than a patch, since nobody is there to correct it. */
function isServed(config: GatewayConfig, ref: ModelRef, fallback: ModelRef): boolean {
  if (sameModel(ref, fallback)) return true;
  const models = config.models?.providers?.[ref.provider]?.models ?? [];
  return models.some(({ id }) => id === ref.model) || isKnownModel(ref.provider, ref.model);
}

function modelReply(ref: ModelRef, isDefault: boolean): string {
  const label = `${ref.provider}/${ref.model}`;
  return isDefault ? `Model reset to default (${label}).` : `Model set to ${label}.`;
}

/** What directives change in the entry of their session, and the replies that say so. */
function directiveChanges(
  { think, verbose, reasoning, elevated, queue }: Directives,
  chosen: ModelRef | undefined,
  fallback: ModelRef,
): { readonly members: JsonRecord; readonly replies: string[] } {
  const replies: string[] = [];
  const members: Record<string, unknown> = {};
  if (think?.level !== undefined) {
    members["thinkingLevel"] = think.level;
    replies.push(think.level === "off" ? "Thinking disabled." : `Thinking level set to ${think.level}.`);
  }
  for (const [{ title, member }, directive] of [
    [VERBOSE, verbose],
    [REASONING, reasoning],
    [ELEVATED, elevated],
  ] as const) {
    if (directive?.level === undefined) continue;
    members[member] = title === "reasoning" && directive.level === "off" ? undefined : directive.level;
    replies.push(ACKNOWLEDGED[title]?.[directive.level] ?? "");
  }
  if (chosen !== undefined) {
    const isDefault = sameModel(chosen, fallback);
    members["providerOverride"] = isDefault ? undefined : chosen.provider;
    members["modelOverride"] = isDefault ? undefined : chosen.model;
    replies.push(modelReply(chosen, isDefault));
  }
  const queued = queue === undefined ? undefined : queueChange(queue);
  return { members: { ...members, ...queued?.members }, replies: [...replies, ...(queued?.replies ?? [])] };
}

/**
 * Carries out a message that holds nothing but directives (upstream-2026.2.17 section 6.3).
 * @returns the reply.
 */
export async function applyDirectives(
  room: RunRoom,
  target: SessionTarget,
  directives: Directives,
): Promise<string> {
  const { config } = room.sessions;
  const { think, verbose, reasoning, elevated, model, queue } = directives;
  const entry = entryOf(room.sessions, target);
  const fallback = defaultModel(config, target.agentId);
  const current = sessionModel(entry, fallback);
  const stored = (member: string): string => stringOrNone(entry?.[member]) ?? "off";
  if (model !== undefined && model.name === undefined) {
    return `Current: ${current.provider}/${current.model}\n\nSwitch: /model <provider/model>\nBrowse: /models (providers) or /models <provider> (models)\nMore: /model status`;
  }
  const chosen = model?.name === undefined ? undefined : chooseModel(config, model.name, fallback);
  if (typeof chosen === "string" || (chosen !== undefined && !isServed(config, chosen, fallback))) {
    return `Model "${model?.name ?? ""}" is not allowed. Use /models to list providers, or /models <provider> to list models.`;
  }
  const { provider, model: modelName } = chosen ?? current;
  const levels = thinkingLevelsText(provider, modelName).replaceAll("|", ", ");
  const thinkWords = { member: "thinkingLevel", title: "thinking", options: levels, valid: levels };
  const thinks = stringOrNone(entry?.["thinkingLevel"]) ?? config.agents?.defaults?.thinkingDefault ?? "off";
  const question =
    questionReply(think, thinkWords, thinks) ??
    questionReply(verbose, VERBOSE, stored("verboseLevel")) ??
    questionReply(reasoning, REASONING, stored("reasoningLevel")) ??
    questionReply(elevated, ELEVATED, stored("elevatedLevel")) ??
    (queue === undefined ? undefined : queueQuestion(room, target, queue));
  if (question !== undefined) return question;
  if (think?.level === "xhigh" && !supportsXhigh(provider, modelName)) {
    return `Thinking level "xhigh" is only supported for ${xhighModelsText()}.`;
  }
  const { members, replies } = directiveChanges(directives, chosen, fallback);
  if (Object.keys(members).length > 0) await change(room, target, (found) => ({ ...found, ...members }));
  // Beside a level, and behind words of the client, the status is not told.
  if (directives.status && (directives.rest === "" || replies.length === 0))
    replies.push(describeSession(room, target));
  return replies.join(" ").trim() || "OK.";
}
