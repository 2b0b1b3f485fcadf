import type { LockstepConfig } from "./schema.ts";

/** One value that a flag, the environment or the configuration may give. */
export interface Setting {
  /** The member of the configuration. */
  readonly key: Exclude<keyof LockstepConfig, "target" | "targets">;
  /** The option of a command that it is, as commander names it. */
  readonly option: string;
  /** The environment variable. */
  readonly variable: string;
  /** A path: from the configuration's own folder when it stands there. */
  readonly isPath?: true;
  /** Applied by the harness when nobody says anything. */
  readonly fallback?: string;
}

export const SETTINGS = [
  { key: "oracle", option: "oracle", variable: "LOCKSTEP_ORACLE" },
  {
    key: "suite",
    option: "suite",
    variable: "LOCKSTEP_SUITE",
    isPath: true,
    fallback: "the suite that comes with lockstep",
  },
  {
    key: "waivers",
    option: "waivers",
    variable: "LOCKSTEP_WAIVERS",
    isPath: true,
    fallback: "lockstep.waivers.yaml, when it is here",
  },
  {
    key: "requirements",
    option: "requirements",
    variable: "LOCKSTEP_REQUIREMENTS",
    fallback: "none: every scenario, each at its own level",
  },
  { key: "candidate", option: "candidate", variable: "LOCKSTEP_CANDIDATE" },
  { key: "reporters", option: "reporter", variable: "LOCKSTEP_REPORTERS", fallback: "pretty" },
  { key: "out", option: "out", variable: "LOCKSTEP_OUT", isPath: true },
  { key: "reports", option: "reports", variable: "LOCKSTEP_REPORTS", isPath: true },
  {
    key: "policy",
    option: "policy",
    variable: "LOCKSTEP_POLICY",
    isPath: true,
    fallback: "lockstep.gate.yaml, when it is here",
  },
  {
    key: "concurrency",
    option: "concurrency",
    variable: "LOCKSTEP_CONCURRENCY",
    fallback: "what the target bears",
  },
  { key: "timeout", option: "timeout", variable: "LOCKSTEP_TIMEOUT", fallback: "5s" },
  { key: "readyTimeout", option: "readyTimeout", variable: "LOCKSTEP_READY_TIMEOUT", fallback: "30s" },
] as const satisfies readonly Setting[];

type SettingKey = (typeof SETTINGS)[number]["key"];

/** What a command takes from environment and configuration. */
export interface Configurable {
  readonly settings: readonly SettingKey[];
  /** Whether `target` stands in where no target is named; @name is understood by every configurable command. */
  readonly defaultTarget?: true;
  /** Whether it has one target, whose token and permissions become its flags. */
  readonly oneTarget?: true;
}

const ofSuite: Configurable = { settings: ["suite"] };
const ofOracle: Configurable = { settings: ["oracle", "suite"] };
const ofWaivers: Configurable = { settings: ["waivers"] };

/** The commands that read a configuration. A gateway is not among them: it starts with what its own flags say. */
export const CONFIGURABLE: Readonly<Record<string, Configurable>> = {
  run: {
    settings: [
      "oracle",
      "suite",
      "waivers",
      "requirements",
      "candidate",
      "reporters",
      "out",
      "concurrency",
      "timeout",
      "readyTimeout",
    ],
    defaultTarget: true,
    oneTarget: true,
  },
  doctor: { settings: ["oracle", "suite", "readyTimeout"], defaultTarget: true, oneTarget: true },
  gate: { settings: ["reports", "requirements", "candidate", "policy", "suite"] },
  list: ofSuite,
  show: ofOracle,
  "waivers check": { settings: ["waivers", "oracle", "suite"] },
  "waivers update": ofWaivers,
  "waivers prune": ofWaivers,
  "waivers renew": ofWaivers,
  mutate: { ...ofOracle, oneTarget: true },
  "rollback-check": { settings: ["candidate"], oneTarget: true },
  cleanup: { settings: [], oneTarget: true },
  pair: { settings: [], oneTarget: true },
  bench: { settings: ["candidate"] },
  soak: { settings: ["candidate"], oneTarget: true },
};
