import { elevatedLevel, reasoningLevel, thinkingLevel, verboseLevel } from "../sessions/levels.ts";
import { commandWords, onOneLine } from "./inbound-text.ts";
import { type QueueDirective, takeQueue } from "./queue-directive.ts";

/** A level that a message sets, or asks for when it names none. */
export interface LevelDirective {
  /** As the user wrote it. */
  readonly word: string | undefined;
  /** Nothing when the word is none of the known ones. */
  readonly level: string | undefined;
}

/** What the words behind a slash inside a message ask for. */
export interface Directives {
  readonly think?: LevelDirective;
  readonly verbose?: LevelDirective;
  readonly reasoning?: LevelDirective;
  readonly elevated?: LevelDirective;
  readonly model?: { readonly name: string | undefined };
  /** What happens to messages that meet a busy session. */
  readonly queue?: QueueDirective;
  readonly status: boolean;
  /** What is left of the message, on one line. */
  readonly rest: string;
}

interface Cut {
  readonly rest: string;
  readonly word: string | undefined;
}

function cutOut(text: string, pattern: RegExp): Cut | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const rest = `${text.slice(0, match.index)} ${text.slice(match.index + match[0].length)}`;
  return { rest: onOneLine(rest), word: match[1] === "" ? undefined : match[1] };
}

const level = (names: string): RegExp =>
  new RegExp(`(?:^|\\s)/(?:${names})(?=$|\\s|:)\\s*:?\\s*([a-z-]*)`, "i");
const THINK = level("thinking|think|t");
const VERBOSE = level("verbose|v");
const REASONING = level("reasoning|reason");
const ELEVATED = level("elevated|elev");
const STATUS = /(?:^|\s)\/status(?=$|\s|:)(?:\s*:\s*)?/i;
const MODEL = /(?:^|\s)\/model(?=$|\s|:)\s*:?\s*([a-z0-9_.:@-]+(?:\/[a-z0-9_.:@-]+)*)?/i;

/**
 * Takes the directives out of a message, wherever in it they stand (upstream-2026.2.17 section 6.3). `/exec` is
 * no directive here: this gateway runs no commands.
 */
export function readDirectives(message: string): Directives {
  let rest = onOneLine(message);
  const take = (pattern: RegExp, known: (word: string) => string | undefined): LevelDirective | undefined => {
    const found = cutOut(rest, pattern);
    if (found === undefined) return undefined;
    rest = found.rest;
    return { word: found.word, level: found.word === undefined ? undefined : known(found.word) };
  };
  const think = take(THINK, thinkingLevel);
  const verbose = take(VERBOSE, verboseLevel);
  const reasoning = take(REASONING, reasoningLevel);
  const elevated = take(ELEVATED, elevatedLevel);
  const status = cutOut(rest, STATUS);
  if (status !== undefined) rest = status.rest;
  const model = cutOut(rest, MODEL);
  if (model !== undefined) rest = model.rest;
  const queue = takeQueue(rest);
  if (queue !== undefined) rest = queue.rest;
  return {
    ...(think === undefined ? {} : { think }),
    ...(verbose === undefined ? {} : { verbose }),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(elevated === undefined ? {} : { elevated }),
    ...(model === undefined ? {} : { model: { name: model.word } }),
    ...(queue === undefined ? {} : { queue: queue.directive }),
    status: status !== undefined,
    rest,
  };
}

/**
 * Whether a message is a directive and nothing else: then it is carried out, and no model is asked. What a client puts
 * before the user's words does not count.
 */
export function isOnlyDirectives(directives: Directives): boolean {
  const { think, verbose, reasoning, elevated, model, queue, status, rest } = directives;
  const any = [think, verbose, reasoning, elevated, model, queue].some((found) => found !== undefined);
  return commandWords(rest) === "" && (any || status);
}

/** Whether and how a message starts its session over; `rest` is what it says besides. */
export function readReset(message: string): { reason: "new" | "reset"; rest: string } | undefined {
  const match = /^\/(new|reset)(?:\s+([\s\S]*))?$/i.exec(message.trim());
  if (match === null) return undefined;
  return {
    reason: match[1]?.toLowerCase() === "new" ? "new" : "reset",
    rest: (match[2] ?? "").trim(),
  };
}

/**
 * As `readReset`, for a message of a chat: the command works behind a client's own words too. Those are said to the
 * model, command and all, when the user added nothing.
 */
export function readChatReset(message: string): ReturnType<typeof readReset> {
  const plain = readReset(message);
  const found = readReset(commandWords(message)) ?? plain;
  if (found === undefined || found.rest !== "" || plain?.rest === "") return found;
  return { ...found, rest: onOneLine(message) };
}

/** What the model is asked when a session was started over without a word. The reply speaks for itself. */
export const SESSION_STARTED_PROMPT =
  "A new session was started via /new or /reset. Greet the user in your configured persona, if one is provided. Be yourself - use your defined voice, mannerisms, and mood. Keep it to 1-3 sentences and ask what they want to do. If the runtime model differs from default_model in the system prompt, mention the default model. Do not mention internal steps, files, tools, or reasoning.";
