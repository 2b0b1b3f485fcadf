import type { Question } from "./types.ts";

/** Members of answers that may differ, by method: the pointer, and why. */
const ANSWERS: readonly { readonly method: string; readonly pointer: string; readonly reason: string }[] = [
  { method: "sessions.list", pointer: "/ts", reason: "the clock when it was asked" },
  { method: "sessions.list", pointer: "/path", reason: "where a gateway keeps its store is its own affair" },
  { method: "sessions.preview", pointer: "/ts", reason: "the clock when it was asked" },
  { method: "sessions.usage", pointer: "/updatedAt", reason: "the clock when it was asked" },
  { method: "usage.cost", pointer: "/updatedAt", reason: "the clock when it was asked" },
];

/** Files that a gateway may write unasked: a pattern of their path below the state directory, and why. */
const FILES: readonly { readonly pattern: RegExp; readonly what: string; readonly reason: string }[] = [
  {
    pattern: /^openclaw\.json(?:\.bak.*)?$/,
    what: "openclaw.json",
    reason: "every launch has its own port and token",
  },
  {
    pattern: /^update-check\.json$/,
    what: "update-check.json",
    reason: "when a new version was last looked for",
  },
  { pattern: /\.lock$/, what: "*.lock", reason: "held while a gateway runs" },
  { pattern: /^logs\//, what: "logs/", reason: "every gateway writes its own" },
  { pattern: /^workspace(?:-[^/]*)?\//, what: "workspace/", reason: "agents work there" },
  {
    pattern: /^agents\/[^/]+\/agent\/models\.json$/,
    what: "agents/*/agent/models.json",
    reason: "made from the configuration at every start",
  },
  {
    pattern: /^devices\/(?:paired|pending)\.json$/,
    what: "devices/*.json",
    reason: "whoever connects is written down; that the others stay is checked by itself",
  },
];

/** Why a place in an answer may differ, or nothing. */
export function excusedAnswer({ method }: Question, pointer: string): string | undefined {
  return ANSWERS.find((known) => known.method === method && known.pointer === pointer)?.reason;
}

/** Why a file may change though nobody asked for it, or nothing. */
export function excusedFile(path: string): string | undefined {
  return FILES.find(({ pattern }) => pattern.test(path))?.reason;
}

/** All of them, for reports. */
export const EXCLUSIONS: readonly { readonly what: string; readonly reason: string }[] = [
  ...ANSWERS.map(({ method, pointer, reason }) => ({ what: `${method} ${pointer}`, reason })),
  ...FILES.map(({ what, reason }) => ({ what, reason })),
];
