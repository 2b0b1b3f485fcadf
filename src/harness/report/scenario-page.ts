import { caseOf, type RecordedCase, type RecordedStep, type RecordingFile } from "../learn/recording.ts";
import type { PlannedCase } from "../run/capture.ts";
import type { ScenarioFile } from "../scenario/schema.ts";
import { describeBug } from "../judge/oracle-bugs.ts";
import { readable } from "./readable-pattern.ts";
import { plural } from "./text.ts";

/** Most places of a symbol that are listed. */
const MOST_PLACES = 4;

const json = (value: unknown): string => JSON.stringify(value) ?? "";

function recordedLines(step: RecordedStep): string[] {
  const parts = (step.parts ?? []).flatMap(recordedLines);
  const on = step.as === undefined || step.as === "main" ? "" : `${step.as} `;
  return [
    ...(step.sent === undefined ? [] : [`     ${on}-> ${json(readable(step.sent))}`]),
    ...step.received.map((frame) => `     ${on}<- ${json(readable(frame))}`),
    ...(step.close === undefined
      ? []
      : [`     ${on}<- close ${step.close.code} ${json(readable(step.close.reason))}`]),
    ...(step.timedOut === true ? [`     ${on}<- nothing by the deadline`] : []),
    ...(step.files ?? []).map(
      (file) =>
        `     ${String(readable(file.path))}${file.content === undefined ? "" : ` ${json(readable(file.content))}`}`,
    ),
    ...parts,
  ];
}

function symbolLines(recorded: RecordedCase): string[] {
  const symbols = Object.entries(recorded.symbols);
  if (symbols.length === 0) return [];
  return [
    "  symbols",
    ...symbols.map(([name, { kind, places }]) => {
      const rest = places.length - MOST_PLACES;
      const more = rest > 0 ? ` and ${plural(rest, "more place")}` : "";
      return `     <${name}>  ${kind}, at ${places.slice(0, MOST_PLACES).join(" ")}${more}`;
    }),
  ];
}

function caseLines(planned: PlannedCase, recorded: RecordedCase | undefined): string[] {
  const lines = planned.case === "" ? [] : [`case ${planned.case}`];
  planned.steps.forEach((step, index) => {
    lines.push(`  ${index + 1}. ${json(step)}`);
    const bug = step["oracle-bug"];
    if (bug !== undefined) lines.push(`     ${describeBug(bug)}`);
    const answer = recorded?.steps[index];
    if (answer !== undefined) lines.push(...recordedLines(answer));
  });
  return [...lines, ...(recorded === undefined ? [] : symbolLines(recorded)), ""];
}

function recordedBy(recording: RecordingFile | undefined, id: string): string {
  if (recording === undefined) return `not recorded; run: lockstep record ${id}`;
  const { oracle, recorded } = recording;
  const varied = recorded.varied.length === 0 ? "" : `, varied: ${recorded.varied.join(", ")}`;
  return `${oracle.name}@${oracle.version} (node ${oracle.node}), ${recorded.at}, ${plural(recorded.runs, "run")}${varied}`;
}

/** One scenario as a page to read: why it matters, what it sends, and what the oracle was recorded to answer. */
export function scenarioPage(
  scenario: ScenarioFile,
  cases: readonly PlannedCase[],
  recording: RecordingFile | undefined,
): string {
  const bug = scenario["oracle-bug"];
  return [
    scenario.id,
    scenario.title,
    `why       ${scenario.why}`,
    `covers    ${scenario.covers.join(", ")}`,
    `level     ${scenario.level ?? "exact"}`,
    ...(scenario.given === undefined ? [] : [`given     ${scenario.given.join(", ")}`]),
    ...(scenario.tags === undefined ? [] : [`tags      ${scenario.tags.join(", ")}`]),
    ...(bug === undefined ? [] : [`bug       ${describeBug(bug)}`]),
    `recorded  ${recordedBy(recording, scenario.id)}`,
    "",
    ...cases.flatMap((planned) => caseLines(planned, caseOf(recording, planned.case))),
  ].join("\n");
}
