/** A made session: its key, its entry, and the name of its transcript without `.jsonl`. */
export interface SessionSeed {
  readonly key: string;
  readonly sessionId: string;
  readonly updatedAt: number;
  readonly entry: Readonly<Record<string, unknown>>;
  /** Absent for a session that has none. */
  readonly transcript?: string;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Fields that no version knows: they are to be there after every change of gateways. */
function unknownFields(index: number): Record<string, unknown> {
  return {
    "x-later": { nested: [index, null, "x", { deep: true }] },
    ...(index % 2 === 0 ? { "x-null": null } : {}),
  };
}

/** Seven forms of key; the spelling with capitals is one of the past that the next write brings into shape. */
function keyOf(agent: string, index: number): string {
  const forms = [
    `s-${index}`,
    `telegram:group:-100${index}`,
    `discord:channel:${index}`,
    `subagent:${index}`,
    `cron:job-${index}`,
    `Signal:Direct:Bob-${index}`,
    `slack:channel:c${index}:thread:${index}`,
  ];
  return `agent:${agent}:${forms[index % forms.length] ?? ""}`;
}

function routeOf(agent: string, index: number): Record<string, unknown> {
  switch (index % 7) {
    case 1:
      return {
        chatType: "group",
        channel: "telegram",
        subject: `Family ${index}`,
        lastChannel: "telegram",
        lastTo: `-100${index}`,
      };
    case 2:
      return {
        chatType: "channel",
        channel: "discord",
        groupChannel: `#room-${index}`,
        space: "The Guild",
        origin: {
          provider: "discord",
          surface: "discord",
          chatType: "channel",
          from: `user-${index}`,
          "x-from": 1,
        },
        deliveryContext: { channel: "discord", to: `chan-${index}`, accountId: "default" },
      };
    case 3:
      return { spawnedBy: `agent:${agent}:main`, spawnDepth: 1 };
    case 5:
      return {
        chatType: "direct",
        displayName: `Bob ${index}`,
        lastChannel: "signal",
        lastTo: "+10000000",
        lastAccountId: "work",
      };
    case 6:
      return { lastChannel: "slack", lastTo: `c${index}`, lastThreadId: String(index) };
    default:
      return {};
  }
}

/**
 * The session of that number. Its age keeps away from whole days, where a filter by age would fall on one side for the
 * first gateway and on the other for the next.
 * @param now epoch ms
 */
export function seedSession(agent: string, index: number, now: number, sessionsDir: string): SessionSeed {
  const sessionId = `5eed0000-0000-4000-8000-${index.toString(16).padStart(12, "0")}`;
  const updatedAt = now - (index % 20) * DAY - 6 * HOUR - (index % 1_000) * 7_919;
  const named = index % 11 === 5;
  const transcript = named ? `named-${index}` : sessionId;
  const counted = index % 4 === 0;
  return {
    key: keyOf(agent, index),
    sessionId,
    updatedAt,
    entry: {
      sessionId,
      updatedAt,
      ...(named ? { sessionFile: `${sessionsDir}/${transcript}.jsonl` } : {}),
      ...(index % 3 === 0 ? { label: `Label ${index}` } : {}),
      ...(index % 5 === 0 ? { thinkingLevel: "high", verboseLevel: "on", reasoningLevel: "stream" } : {}),
      ...(index % 8 === 0 ? { providerOverride: "stub", modelOverride: "slow" } : {}),
      ...(counted
        ? { inputTokens: index, outputTokens: 10, totalTokens: index + 10, totalTokensFresh: true }
        : {}),
      ...(counted ? { modelProvider: "stub", model: "echo", contextTokens: 128_000 } : {}),
      ...(index % 12 === 6 ? { systemSent: true, abortedLastRun: true, compactionCount: 2 } : {}),
      ...routeOf(agent, index),
      ...unknownFields(index),
    },
    ...(index % 7 === 3 ? {} : { transcript }),
  };
}
