import { z } from "zod";
import { checkShape } from "../scenario/check-shape.ts";
import { failWith } from "../scenario/problems.ts";
import { LEVELS } from "../scenario/schema.ts";
import { readYaml } from "../scenario/yaml-source.ts";

const required = z.boolean().optional().describe("Whether the gate asks for this evidence at all");

/** `lockstep.gate.yaml`. Whatever is left out has its default. */
export const gatePolicyFile = z.strictObject({
  greenRuns: z.int().min(1).optional().describe("Green runs in a row, the newest among them"),
  overDays: z.number().min(0).optional().describe("Least days from the first of these runs to the last"),
  minimumLevel: z
    .enum(LEVELS)
    .optional()
    .describe("What every required scenario has to reach, where the set asks for less"),
  allowWaived: z.int().min(0).optional().describe("Most required scenarios that may be waived"),
  maxEvidenceAgeDays: z.number().min(0).optional().describe("Most days since the newest evidence of a kind"),
  oracle: z
    .string()
    .optional()
    .describe("The version in production; that of the requirement set when absent"),
  candidate: z.string().optional().describe("The build that is to be released; --candidate goes before it"),
  mutation: z
    .strictObject({ required, minimumScore: z.number().min(0).max(1).optional() })
    .optional()
    .describe("How many wrong answers the suite catches"),
  performance: z
    .strictObject({
      required,
      regressionLimit: z
        .number()
        .min(0)
        .optional()
        .describe("0.1: no figure is more than 10 % worse than the oracle's"),
    })
    .optional(),
  soak: z.strictObject({ required, minimumMinutes: z.number().min(0).optional() }).optional(),
  liveCompare: z
    .strictObject({
      required,
      minimumCalls: z.int().min(0).optional().describe("Least comparisons for each method"),
      methods: z.array(z.string()).optional().describe("Methods that have to be among those compared"),
    })
    .optional(),
  rollbackCheck: z.strictObject({ required }).optional(),
});
export type GatePolicyFile = z.infer<typeof gatePolicyFile>;

/** A policy with every value in its place. */
export interface GatePolicy {
  readonly greenRuns: number;
  readonly overDays: number;
  readonly minimumLevel: (typeof LEVELS)[number];
  readonly allowWaived: number;
  readonly maxEvidenceAgeDays: number;
  readonly oracle?: string | undefined;
  readonly candidate?: string | undefined;
  readonly mutation: { readonly required: boolean; readonly minimumScore: number };
  readonly performance: { readonly required: boolean; readonly regressionLimit: number };
  readonly soak: { readonly required: boolean; readonly minimumMinutes: number };
  readonly liveCompare: {
    readonly required: boolean;
    readonly minimumCalls: number;
    readonly methods: readonly string[];
  };
  readonly rollbackCheck: { readonly required: boolean };
}

/** What holds where no policy says otherwise. */
export const DEFAULT_POLICY: GatePolicy = {
  greenRuns: 10,
  overDays: 14,
  minimumLevel: "shape",
  allowWaived: 0,
  maxEvidenceAgeDays: 30,
  mutation: { required: true, minimumScore: 0.97 },
  performance: { required: true, regressionLimit: 0.1 },
  soak: { required: true, minimumMinutes: 60 },
  liveCompare: {
    required: true,
    minimumCalls: 1_000,
    methods: ["health", "sessions.list", "sessions.preview", "sessions.resolve", "chat.history"],
  },
  rollbackCheck: { required: true },
};

/** A policy file with the defaults filled in. */
export function completePolicy(file: GatePolicyFile): GatePolicy {
  const given = <T extends object>(members: T) =>
    Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Partial<T>;
  return {
    ...DEFAULT_POLICY,
    ...given(file),
    mutation: { ...DEFAULT_POLICY.mutation, ...given(file.mutation ?? {}) },
    performance: { ...DEFAULT_POLICY.performance, ...given(file.performance ?? {}) },
    soak: { ...DEFAULT_POLICY.soak, ...given(file.soak ?? {}) },
    liveCompare: { ...DEFAULT_POLICY.liveCompare, ...given(file.liveCompare ?? {}) },
    rollbackCheck: { ...DEFAULT_POLICY.rollbackCheck, ...given(file.rollbackCheck ?? {}) },
  } as GatePolicy;
}

/**
 * Reads a policy. An empty file is the default policy.
 * @throws LockstepError POLICY_INVALID, naming line and column of each problem.
 */
export function readPolicy(text: string, name: string): GatePolicy {
  const hint = "docs/gate-owners.md lists every member with its default";
  const read = readYaml(name, text);
  if ("problems" in read) return failWith("POLICY_INVALID", read.problems, hint);
  if (read.source.value === null || read.source.value === undefined) return DEFAULT_POLICY;
  const wrong = checkShape(gatePolicyFile, read.source);
  if (wrong.length > 0) failWith("POLICY_INVALID", wrong, hint);
  return completePolicy(gatePolicyFile.parse(read.source.value));
}

/** One value that is not the default. */
export interface PolicyDeviation {
  readonly name: string;
  readonly default: unknown;
  readonly value: unknown;
  /** Whether it asks for less than the default, for more, or just names something. */
  readonly effect: "weaker" | "stricter" | "neutral";
}

/** Whether more of a value asks for more. */
const MORE_IS_STRICTER: Readonly<Record<string, boolean>> = {
  greenRuns: true,
  overDays: true,
  allowWaived: false,
  maxEvidenceAgeDays: false,
  "mutation.minimumScore": true,
  "performance.regressionLimit": false,
  "soak.minimumMinutes": true,
  "liveCompare.minimumCalls": true,
};

function effectOf(name: string, before: unknown, now: unknown): PolicyDeviation["effect"] {
  if (typeof before === "boolean") return now === true ? "stricter" : "weaker";
  if (name === "minimumLevel") return "stricter";
  if (Array.isArray(before) && Array.isArray(now)) {
    return before.every((one) => now.includes(one)) ? "stricter" : "weaker";
  }
  if (typeof before !== "number" || typeof now !== "number") return "neutral";
  return now > before === MORE_IS_STRICTER[name] ? "stricter" : "weaker";
}

const leaves = (value: object, path = ""): [string, unknown][] =>
  Object.entries(value).flatMap(([key, inner]): [string, unknown][] =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? leaves(inner as object, `${path}${key}.`)
      : [[`${path}${key}`, inner]],
  );

/** Every value of a policy that is not the default, so that none is weakened in silence. */
export function policyDeviations(policy: GatePolicy): PolicyDeviation[] {
  const defaults = new Map(leaves(DEFAULT_POLICY));
  return leaves(policy).flatMap(([name, value]): PolicyDeviation[] => {
    const before = defaults.get(name);
    if (value === undefined || JSON.stringify(value) === JSON.stringify(before)) return [];
    return [{ name, default: before ?? null, value, effect: effectOf(name, before, value) }];
  });
}
