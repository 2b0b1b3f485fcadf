import type { EventRow, Ledger, MethodRow, NamesSeen } from "../../src/harness/coverage/index.ts";

const names = (seen: string[], missing: string[] = [], onlyRefused: string[] = []): NamesSeen => ({
  total: seen.length + missing.length + onlyRefused.length,
  seen,
  onlyRefused,
  missing,
});
const NONE = names([]);
const unmeasured = {
  scenarios: [],
  cases: 0,
  served: false,
  params: NONE,
  enums: NONE,
  results: NONE,
  errors: NONE,
};

const patch: MethodRow = {
  name: "sessions.patch",
  family: "sessions",
  status: "recorded",
  advertised: true,
  scenarios: ["sessions.patch/label", "sessions.patch/policy"],
  cases: 7,
  served: true,
  params: names(["key", "label"], ["model"], ["execHost"]),
  enums: names(["sendPolicy=allow", "sendPolicy=null"], ["sendPolicy=deny"]),
  results: names(["ok", "key", "entry", "entry.label"], ["entry.execHost"]),
  errors: names(["key required", "label already in use: <label>"]),
};
const health: MethodRow = {
  ...unmeasured,
  name: "health",
  family: "health",
  status: "recorded",
  advertised: true,
  scenarios: ["health/plain"],
  cases: 1,
  served: true,
  params: names(["probe"]),
  results: names(["ok", "ts"]),
};
const unrecorded = (name: string, family: string, more: Pick<MethodRow, "status" | "why">): MethodRow => ({
  ...unmeasured,
  name,
  family,
  ...more,
});
const event = (name: string, more: Partial<EventRow>): EventRow => ({
  name,
  family: "events",
  status: "recorded",
  advertised: true,
  scenarios: [],
  cases: 0,
  payload: NONE,
  ...more,
});

const VOICE = { status: "excluded", why: "They need a voice" } as const;
const METHODS: readonly MethodRow[] = [
  health,
  patch,
  unrecorded("sessions.history", "sessions", { status: "own", why: "Lockstep's own" }),
  unrecorded("tts.status", "speech", VOICE),
  unrecorded("tts.enable", "speech", VOICE),
];
const EVENTS: readonly EventRow[] = [
  event("tick", { scenarios: ["events/tick"], cases: 1, payload: names(["ts"]) }),
  event("shutdown", {
    scenarios: ["events/stop"],
    cases: 2,
    payload: names(["reason"], ["restartExpectedMs"]),
  }),
  event("talk.mode", { family: "speech", ...VOICE }),
];

/** A ledger in which nothing is amiss but for a few names that nobody saw. */
export const sound: Ledger = {
  oracle: "openclaw@2026.2.17",
  isComplete: true,
  methods: METHODS,
  events: EVENTS,
  holes: [],
  totals: {
    params: { seen: 3, total: 5, demanded: 1, isMet: false },
    enums: { seen: 2, total: 3, demanded: 1, isMet: false },
    results: { seen: 6, total: 7, demanded: 0.95, isMet: false },
    errors: { seen: 2, total: 2, demanded: 0.95, isMet: true },
  },
  disagreements: [],
  needless: [],
};

/** The same with every kind of trouble. */
export const troubled: Ledger = {
  ...sound,
  isComplete: false,
  methods: [...METHODS, unrecorded("send", "send", { status: "hole" })],
  events: [...EVENTS, event("cron", { family: "cron", status: "hole" })],
  holes: ["method send", "event cron"],
  disagreements: ["hello-ok does not name the method health; the contract says otherwise"],
  needless: ["wizard.*"],
};
