import { z } from "zod";
import { OUTCOME_FORMAT, type Outcome } from "../outcome.ts";
import { readOutcome } from "../read-outcome.ts";

/** A file below the reports folder, read. */
export interface EvidenceFile {
  /** Path below the reports folder, with forward slashes. */
  readonly file: string;
  /** Lower-case hex of its bytes. */
  readonly sha256: string;
  readonly text: string;
}

/** What all evidence but a run's outcome is judged by first. */
interface Common {
  /** When it was made, ISO 8601. */
  readonly at: string;
  /** The build it speaks of; absent when the report does not say. */
  readonly candidate?: string | undefined;
  readonly target?: string | undefined;
}

/** Digest of each scenario that took part, by its id. */
export type Digests = Readonly<Record<string, string>>;

export interface Comparisons {
  readonly method: string;
  readonly calls: number;
  readonly differences: number;
}
export interface Ratio {
  readonly id: string;
  readonly better: "lower" | "higher";
  /** The candidate's figure divided by the oracle's; null when it was not measured. */
  readonly median: number | null;
}

/** What a file turned out to be. */
export type Evidence =
  | { readonly kind: "run"; readonly outcome: Outcome }
  | ({ readonly kind: "mutation"; readonly score: number; readonly scenarios: Digests } & Common)
  | ({ readonly kind: "performance"; readonly ratios: readonly Ratio[]; readonly failed: number } & Common)
  | ({ readonly kind: "soak"; readonly minutes: number; readonly ok: boolean } & Common)
  | ({ readonly kind: "liveCompare"; readonly methods: readonly Comparisons[] } & Common)
  | ({ readonly kind: "rollbackCheck"; readonly differences: number } & Common)
  | { readonly kind: "unreadable"; readonly why: string }
  | { readonly kind: "other"; readonly why: string };

export type EvidenceKind = Evidence["kind"];
export type ExtraEvidence = Exclude<Evidence, { readonly kind: "run" | "unreadable" | "other" }>;

export interface ReadEvidence extends Pick<EvidenceFile, "file" | "sha256"> {
  readonly format: string | null;
  readonly evidence: Evidence;
}

/** Members that every report may have; what else is in it is not the gate's business. */
const common = {
  date: z.iso.datetime().optional(),
  at: z.iso.datetime().optional(),
  candidate: z.string().optional(),
  target: z.string().optional(),
};
const mutation = z.looseObject({
  ...common,
  total: z.looseObject({ score: z.number().min(0).max(1) }),
  scenarios: z.record(z.string(), z.string()),
});
const soak = z.looseObject({ ...common, durationMs: z.number().min(0), ok: z.boolean() });
const compare = z.looseObject({
  ...common,
  methods: z.array(z.looseObject({ method: z.string(), calls: z.int().min(0), differences: z.int().min(0) })),
});
const rollback = z.looseObject({
  ...common,
  differences: z.array(z.unknown()),
  unlisted: z.int().min(0).optional(),
});
const bench = z.looseObject({
  ...common,
  targets: z.array(z.looseObject({ name: z.string(), role: z.string() })),
  ratios: z.array(
    z.looseObject({
      id: z.string(),
      target: z.string(),
      against: z.string(),
      sessions: z.number().optional(),
      connections: z.number().nullable().optional(),
      better: z.enum(["lower", "higher"]),
      median: z.number().nullable(),
    }),
  ),
  problems: z.array(z.looseObject({ target: z.string() })).optional(),
});

type Head = z.infer<z.ZodObject<typeof common>>;

/** When a report was made. @throws RangeError when it does not say */
function dateOf({ date, at }: Head): string {
  const found = date ?? at;
  if (found === undefined) throw new RangeError("it does not say when it was made");
  return found;
}

const commonOf = (file: Head) => ({
  at: dateOf(file),
  candidate: file.candidate,
  target: file.target,
});

/** The candidate's figures against the oracle's; those against a limit are no comparison of runtimes. */
function readBench(file: z.infer<typeof bench>): Evidence {
  const named = (role: string) => file.targets.filter((one) => one.role === role).map(({ name }) => name);
  const candidates = new Set(named("candidate"));
  const peers = new Set(named("peer"));
  const [target] = candidates;
  return {
    kind: "performance",
    ...commonOf(file),
    target: file.target ?? target,
    ratios: file.ratios
      .filter((ratio) => candidates.has(ratio.target) && peers.has(ratio.against))
      .map(({ id, sessions, connections, better, median }) => ({
        id: `${id} at ${sessions ?? "?"} sessions, ${connections ?? "no"} connections`,
        better,
        median,
      })),
    failed: (file.problems ?? []).filter(({ target: name }) => candidates.has(name)).length,
  };
}

/** How each format is read, by the word after `lockstep-` in its `format`. */
const READERS: Readonly<Record<string, (value: unknown) => Evidence>> = {
  mutation: (value) => {
    const file = mutation.parse(value);
    return { kind: "mutation", ...commonOf(file), score: file.total.score, scenarios: file.scenarios };
  },
  bench: (value) => readBench(bench.parse(value)),
  soak: (value) => {
    const file = soak.parse(value);
    return { kind: "soak", ...commonOf(file), minutes: file.durationMs / 60_000, ok: file.ok };
  },
  compare: (value) => {
    const file = compare.parse(value);
    return { kind: "liveCompare", ...commonOf(file), methods: file.methods };
  },
  rollback: (value) => {
    const file = rollback.parse(value);
    const differences = file.differences.length + (file.unlisted ?? 0);
    return { kind: "rollbackCheck", ...commonOf(file), differences };
  },
};

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function interpret(file: EvidenceFile, value: unknown, format: string | null): Evidence {
  if (value === undefined) return { kind: "unreadable", why: "it is no JSON, or is cut off" };
  if (format === OUTCOME_FORMAT) return { kind: "run", outcome: readOutcome(file.text, file.file) };
  const [, name = "", version] = /^lockstep-([a-z]+)\/(\d+)$/.exec(format ?? "") ?? [];
  const read = Object.hasOwn(READERS, name) ? READERS[name] : undefined;
  if (read === undefined && name !== "outcome") return { kind: "other", why: "the gate reads no such file" };
  if (read === undefined || version !== "1") {
    return { kind: "unreadable", why: `this version of lockstep does not know the format ${format ?? ""}` };
  }
  return read(value);
}

function explain(error: unknown): string {
  if (error instanceof z.ZodError) {
    return error.issues.map(({ path, message }) => `${z.core.toDotPath(path)}: ${message}`).join("; ");
  }
  return error instanceof Error ? error.message : String(error);
}

/**
 * Says what a file is, by its `format`. A file that should be evidence and cannot be read is told as such: it may have been
 * the one that speaks against the candidate.
 */
export function readEvidence(file: EvidenceFile): ReadEvidence {
  const value = parse(file.text);
  const member = typeof value === "object" && value !== null && "format" in value ? value.format : null;
  const format = typeof member === "string" ? member : null;
  const head = { file: file.file, sha256: file.sha256, format };
  try {
    return { ...head, evidence: interpret(file, value, format) };
  } catch (error) {
    return { ...head, evidence: { kind: "unreadable", why: explain(error) } };
  }
}
