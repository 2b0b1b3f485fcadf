import { cell } from "../report/markdown.ts";
import type { Decision } from "./decision.ts";

const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  `| ${head.join(" | ")} |`,
  `|${head.map(() => "---").join("|")}|`,
  ...rows.map((row) => `| ${row.map(cell).join(" | ")} |`),
];

const HEADLINES = {
  yes: "may replace",
  no: "may not replace",
  unknown: "cannot be said to replace",
} as const satisfies Record<Decision["answer"], string>;

/** Most subjects of one reason that are listed; `decision.json` has them all. */
const MOST_SUBJECTS = 25;

/** The answer in one sentence. */
export function headline({ answer, target, candidate, oracle }: Decision): string {
  const name = target ?? "the candidate";
  const build = candidate === null ? "" : ` (build ${candidate})`;
  return `${answer.toUpperCase()}: ${name}${build} ${HEADLINES[answer]} ${oracle}`;
}

function reasonLines({ reasons }: Decision): string[] {
  if (reasons.length === 0) return ["Nothing speaks against it."];
  return reasons.flatMap(({ type, severity, expected, found, todo, subjects }) => [
    `### ${type} (${severity})`,
    "",
    `* expected: ${cell(expected)}`,
    `* found: ${cell(found)}`,
    `* what to do: ${cell(todo)}`,
    ...subjects.slice(0, MOST_SUBJECTS).map((subject) => `  * ${cell(subject)}`),
    ...(subjects.length > MOST_SUBJECTS
      ? [`  * and ${subjects.length - MOST_SUBJECTS} more, in decision.json`]
      : []),
    "",
  ]);
}

const json = (value: unknown): string => JSON.stringify(value) ?? "";

function policyLines({ policy }: Decision): string[] {
  if (policy.deviations.length === 0) return ["The default policy, unchanged."];
  const weaker = policy.deviations.filter(({ effect }) => effect === "weaker").length;
  return [
    weaker === 0
      ? "Nowhere weaker than the default."
      : `**Weaker than the default in ${weaker} of ${policy.deviations.length} places.**`,
    "",
    ...tableOf(
      ["value", "default", "here", "effect"],
      policy.deviations.map((one) => [one.name, json(one.default), json(one.value), one.effect]),
    ),
  ];
}

function waiverLines({ waivers }: Decision): string[] {
  if (waivers.length === 0) return ["None."];
  return tableOf(
    ["waiver", "scenario", "required", "state", ""],
    waivers.map((one) => [one.id, one.scenario, one.isRequired ? "yes" : "no", one.state, one.message]),
  );
}

function departureLines({ departures }: Decision): string[] {
  if (departures.length === 0) return ["None."];
  return tableOf(
    ["scenario", "cases", "why"],
    departures.map(({ scenario, cases, why }) => [scenario, String(cases), why]),
  );
}

const ROLL_BACK = (oracle: string): string[] => [
  `Keep ${oracle}, the runtime written in TypeScript, installed until the first release after the cut-over. To go back:`,
  "",
  "1. Stop the candidate, so that nothing is written any more.",
  "2. Copy the state directory aside.",
  `3. Start ${oracle} on the same state directory, with the same configuration, port and token.`,
  "4. Ask it for `sessions.list` and `usage.cost`, and open one conversation: they have to be what the candidate last showed.",
  "5. Only then let clients in again; they connect by themselves.",
  "",
  `\`lockstep rollback-check TARGET --oracle ${oracle} --state DIR\` rehearses just that on a copy of a state directory.`,
  "Go back at once when the candidate crashes in a loop, loses an acknowledged write, or answers somebody it should not.",
];

/** The decision as a page that people sign: answer, reasons, policy, waivers, departures, evidence with digests, the way back. */
export function renderCertificate(decision: Decision): string {
  const { requirements, required, green } = decision;
  const since = green.runs > 1 ? `, from ${green.first ?? ""} to ${green.last ?? ""}` : "";
  const lines = [
    `# ${cell(headline(decision))}`,
    "",
    ...tableOf(
      ["", ""],
      [
        ["decided at", decision.decidedAt],
        ["by", decision.tool],
        ["candidate", `${decision.target ?? "unknown"}, build ${decision.candidate ?? "unknown"}`],
        ["replaces", decision.oracle],
        [
          "requirement set",
          `${requirements.set}, frozen ${requirements.frozen}, ${requirements.scenarios} scenarios, sha256 ${requirements.sha256}`,
        ],
        ["policy", decision.policy.sha256 === null ? "the defaults" : `sha256 ${decision.policy.sha256}`],
        [
          "required scenarios",
          `${required.ok} as demanded, ${required.waived} waived, ${required.other} not`,
        ],
        ["green runs in a row", `${green.runs}${since}`],
      ],
    ),
    "",
    "## Reasons",
    "",
    ...reasonLines(decision),
    "",
    "## Where the policy is not the default",
    "",
    ...policyLines(decision),
    "",
    "## Waivers",
    "",
    ...waiverLines(decision),
    "",
    "## Departures from the oracle where it is known to be wrong",
    "",
    ...departureLines(decision),
    "",
    "## Evidence",
    "",
    ...(decision.counted.length === 0
      ? ["None that counts."]
      : tableOf(
          ["kind", "file", "made at", "sha256"],
          decision.counted.map(({ kind, file, at, sha256 }) => [kind, file, at, sha256]),
        )),
    ...(decision.notCounted.length === 0
      ? []
      : [
          "",
          "Found, and not counted:",
          "",
          ...tableOf(
            ["file", "why", "sha256"],
            decision.notCounted.map(({ file, why, sha256 }) => [file, why, sha256]),
          ),
        ]),
    "",
    "## The way back",
    "",
    ...ROLL_BACK(decision.oracle),
  ];
  return `${lines.join("\n")}\n`;
}
