import { cutText } from "../sessions/cut-text.ts";

const RATE_LIMITED = "⚠️ API rate limit reached. Please try again later.";
const OVERLOADED = "The AI service is temporarily overloaded. Please try again in a moment.";
const TIMED_OUT = "LLM request timed out.";
const TOO_LONG =
  "Context overflow: prompt too large for the model. Try /reset (or /new) to start a fresh session, or use a larger-context model.";
const ORDERING =
  "Message ordering conflict - please try again. If this persists, use /new to start a fresh session.";

/** Above this an error text is cut, in UTF-16 units. */
const LONGEST = 600;
/** What an event shows of an error. */
const LONGEST_IN_EVENT = 240;

const OVERFLOW = [
  "request_too_large",
  "request exceeds the maximum size",
  "context length exceeded",
  "maximum context length",
  "prompt is too long",
  "exceeds model context window",
  "context overflow:",
];
const RATE = [
  "rate limit",
  "rate_limit",
  "too many requests",
  "429",
  "exceeded your current quota",
  "resource has been exhausted",
  "quota exceeded",
  "resource_exhausted",
  "usage limit",
];
const TIME = ["timeout", "timed out", "deadline exceeded"];
const BILLING = [
  "payment required",
  "insufficient credits",
  "credit balance",
  "plans & billing",
  "insufficient balance",
];
/** Words by which a text behind a status is known for an HTTP error. */
const HTTP_WORDS = [
  "error",
  "bad request",
  "not found",
  "unauthorized",
  "forbidden",
  "internal server",
  "service unavailable",
  "gateway",
  "rate limit",
  "overloaded",
  "timeout",
  "timed out",
  "invalid",
  "too many requests",
  "permission",
];

const mentions = (text: string, words: readonly string[]): boolean =>
  words.some((word) => text.includes(word));

function billingText(provider: string): string {
  return `⚠️ ${provider} returned a billing error — your API key has run out of credits or has an insufficient balance. Check your ${provider} billing dashboard and top up or switch to a different API key.`;
}

/**
 * What clients are told of an answer that failed (upstream-2026.2.17 section 6.2).
 * @param raw the provider's words, with the HTTP status before them.
 */
export function describeModelError(raw: string, provider: string): string {
  const text = raw.trim();
  if (text === "") return "LLM request failed with an unknown error.";
  const lowered = text.toLowerCase();
  if (mentions(lowered, OVERFLOW) || (lowered.includes("413") && lowered.includes("too large")))
    return TOO_LONG;
  if (mentions(lowered, ["incorrect role information", "roles must alternate"])) return ORDERING;
  if (mentions(lowered, RATE)) return RATE_LIMITED;
  if (lowered.includes("overloaded")) return OVERLOADED;
  if (mentions(lowered, TIME)) return TIMED_OUT;
  if (mentions(lowered, BILLING) || /^\s*402\b/.test(text)) return billingText(provider);
  const http = /^(?:http\s*)?(\d{3})\s+(.+)$/i.exec(text);
  if (http !== null && Number(http[1]) >= 400 && mentions((http[2] ?? "").toLowerCase(), HTTP_WORDS)) {
    return `HTTP ${http[1]}: ${(http[2] ?? "").trim()}`;
  }
  return text.length > LONGEST ? `${cutText(text, LONGEST)}…` : text;
}

/** What a chat event shows of an error. */
export function cutErrorText(text: string): string {
  return text.length > LONGEST_IN_EVENT ? `${cutText(text, LONGEST_IN_EVENT)}...` : text;
}
