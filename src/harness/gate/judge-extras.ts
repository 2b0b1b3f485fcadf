import { plural } from "../report/text.ts";
import type { ExtraEvidence, ReadEvidence } from "./evidence.ts";
import { CLOCK_SLACK_MS, type NotCounted, type Question } from "./history.ts";
import { daysSince } from "./days.ts";
import type { GatePolicy } from "./policy.ts";
import { reason, type Reason } from "./reasons.ts";

type Kind = ExtraEvidence["kind"];
type Of<K extends Kind> = Extract<ExtraEvidence, { readonly kind: K }>;
type Found = ExtraEvidence & { readonly file: string; readonly sha256: string };

/** What each kind of evidence is called, and which command makes it. */
const NAMES: Readonly<Record<Kind, string>> = {
  mutation: "a mutation report (lockstep mutate)",
  performance: "a benchmark beside the oracle (lockstep bench)",
  soak: "a soak report (lockstep soak)",
  liveCompare: "a comparison of live traffic (lockstep compare)",
  rollbackCheck: "a rehearsed roll-back (lockstep rollback-check)",
};

/** The suite is what is measured there, with the bundled gateway: no candidate takes part. */
const isOfSuite = (kind: Kind): boolean => kind === "mutation";

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

function judgePerformance({ ratios, failed }: Of<"performance">, limit: number, file: string): Reason[] {
  const unmeasured = ratios.filter(({ median }) => median === null).map(({ id }) => id);
  const worse = ratios.flatMap(({ id, better, median }) => {
    if (median === null) return [];
    const isWorse = better === "lower" ? median > 1 + limit : median < 1 - limit;
    return isWorse ? [`${id}: ${median.toFixed(2)} times the oracle's, ${better} is better`] : [];
  });
  const reasons: Reason[] = [];
  if (worse.length > 0) {
    const expected = `no figure more than ${percent(limit)} worse than the oracle's`;
    reasons.push(reason("PerformanceRegressed", expected, plural(worse.length, "figure"), worse));
  }
  if (ratios.length === 0 || unmeasured.length > 0 || failed > 0) {
    const found =
      ratios.length === 0
        ? `${file} compares the candidate with no oracle`
        : `${file} lacks ${plural(unmeasured.length, "figure")}; ${plural(failed, "measurement")} in which requests failed`;
    reasons.push(reason("EvidenceMissing", "every figure measured beside the oracle's", found, unmeasured));
  }
  return reasons;
}

function judgeLive({ methods }: Of<"liveCompare">, policy: GatePolicy["liveCompare"]): Reason[] {
  const calls = new Map(methods.map((one) => [one.method, one.calls]));
  const asked = [...new Set([...policy.methods, ...calls.keys()])];
  const thin = asked.filter((method) => (calls.get(method) ?? 0) < policy.minimumCalls);
  const differing = methods.filter(({ differences }) => differences > 0);
  return [
    ...(thin.length === 0
      ? []
      : [
          reason(
            "LiveVolumeTooLow",
            `at least ${policy.minimumCalls} comparisons of each method`,
            plural(thin.length, "method"),
            thin.map((method) => `${method}: ${calls.get(method) ?? 0}`),
          ),
        ]),
    ...(differing.length === 0
      ? []
      : [
          reason(
            "LiveDifference",
            "no difference beyond the noise",
            plural(differing.length, "method"),
            differing.map(({ method, differences }) => `${method}: ${differences}`),
          ),
        ]),
  ];
}

/** The score of a part of the suite says nothing of the rest. */
function judgeMutation(
  { score, scenarios }: Of<"mutation">,
  question: Question,
  least: number,
  file: string,
) {
  const altered = new Map(
    Object.entries(scenarios).map(([id, digest]) => [question.present.get(id) ?? id, digest]),
  );
  const missing = question.required
    .filter(({ id, digest }) => altered.get(id) !== digest)
    .map(({ id }) => id);
  const reasons: Reason[] = [];
  if (missing.length > 0) {
    const expected = "a mutation report of every required scenario";
    const found = `${file} is not of ${missing.length} of ${question.required.length}`;
    reasons.push(reason("EvidenceMissing", expected, found, missing));
  }
  if (score < least) {
    reasons.push(reason("MutationScoreTooLow", `at least ${percent(least)}`, percent(score), [file]));
  }
  return reasons;
}

function judgeContent(found: Found, question: Question, policy: GatePolicy): Reason[] {
  switch (found.kind) {
    case "mutation":
      return judgeMutation(found, question, policy.mutation.minimumScore, found.file);
    case "soak": {
      const { minimumMinutes } = policy.soak;
      return [
        ...(found.ok
          ? []
          : [reason("SoakFailed", "a soak without a finding", "it has findings", [found.file])]),
        ...(found.minutes >= minimumMinutes
          ? []
          : [
              reason("SoakTooShort", `${minimumMinutes} minutes`, `${found.minutes.toFixed(1)} minutes`, [
                found.file,
              ]),
            ]),
      ];
    }
    case "performance":
      return judgePerformance(found, policy.performance.regressionLimit, found.file);
    case "liveCompare":
      return judgeLive(found, policy.liveCompare);
    case "rollbackCheck":
      return found.differences === 0
        ? []
        : [
            reason(
              "RollbackFailed",
              "a roll-back without a difference",
              plural(found.differences, "difference"),
              [found.file],
            ),
          ];
    default:
      return found satisfies never;
  }
}

/** Why a file of the right kind does not count, or nothing. */
function refuse(found: Found, { candidate, target, now }: Question): NotCounted | undefined {
  const { file, sha256, at } = found;
  if (Date.parse(at) > now.getTime() + CLOCK_SLACK_MS) {
    return { file, sha256, type: "EvidenceFromTheFuture", why: `it says it was made at ${at}` };
  }
  if (isOfSuite(found.kind)) return undefined;
  if (target !== undefined && found.target !== undefined && found.target !== target) {
    return { file, sha256, why: `it is of another target, ${found.target}` };
  }
  if (candidate === undefined || found.candidate === undefined) {
    return { file, sha256, type: "CandidateUnnamed", why: "it cannot be told which build it is of" };
  }
  if (found.candidate !== candidate) {
    return { file, sha256, type: "CandidateDiffersFromReport", why: `it is of the build ${found.candidate}` };
  }
  return undefined;
}

function judgeKind(kind: Kind, all: readonly Found[], question: Question, policy: GatePolicy) {
  const refusals = all.map((found) => refuse(found, question));
  const notCounted = refusals.filter((one) => one !== undefined);
  const newest = all
    .filter((_found, index) => refusals[index] === undefined)
    .toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at))[0];
  if (!policy[kind].required) return { reasons: [], notCounted, counted: [] };
  if (newest === undefined) {
    const [refusal] = notCounted;
    const missing =
      refusal?.type === undefined
        ? reason("EvidenceMissing", NAMES[kind], "none", [])
        : reason(refusal.type, NAMES[kind], refusal.why, [refusal.file]);
    return { reasons: [missing], notCounted, counted: [] };
  }
  const days = daysSince(newest.at, question.now);
  const old =
    days <= policy.maxEvidenceAgeDays
      ? []
      : [
          reason(
            "EvidenceTooOld",
            `${NAMES[kind]} of the last ${policy.maxEvidenceAgeDays} days`,
            `${days.toFixed(1)} days old`,
            [newest.file],
          ),
        ];
  return { reasons: [...judgeContent(newest, question, policy), ...old], notCounted, counted: [newest] };
}

/**
 * What all evidence besides runs says against a yes: of each kind the newest that is of this build.
 * @returns files that count, those that don't, and the reasons. A kind that the policy does not ask for is not judged.
 */
export function judgeExtras(files: readonly ReadEvidence[], question: Question, policy: GatePolicy) {
  const found = files.flatMap(({ file, sha256, evidence }): Found[] =>
    evidence.kind === "run" || evidence.kind === "unreadable" || evidence.kind === "other"
      ? []
      : [{ ...evidence, file, sha256 }],
  );
  const kinds = Object.keys(NAMES) as Kind[];
  const judged = kinds.map((kind) =>
    judgeKind(
      kind,
      found.filter((one) => one.kind === kind),
      question,
      policy,
    ),
  );
  return {
    reasons: judged.flatMap(({ reasons }) => reasons),
    notCounted: judged.flatMap(({ notCounted }) => notCounted),
    counted: judged.flatMap(({ counted }) =>
      counted.map(({ kind, file, sha256, at }) => ({ kind, file, sha256, at })),
    ),
  };
}
