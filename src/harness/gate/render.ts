import { plain, type Paint } from "../report/paint.ts";
import { printable } from "../report/text.ts";
import { headline } from "./certificate.ts";
import type { Decision } from "./decision.ts";

/** Most subjects of one reason that are printed. */
const MOST_SUBJECTS = 5;

const COLOURS = { yes: "green", no: "red", unknown: "yellow" } as const;

/** The decision for a terminal: the answer, then each reason with what to do. */
export function renderDecision(decision: Decision, paint: Paint = plain): string {
  const { answer, reasons, policy, green, required } = decision;
  const lines = [paint(COLOURS[answer], printable(headline(decision)))];
  for (const { type, severity, expected, found, todo, subjects } of reasons) {
    const mark = severity === "no" ? paint("red", "✗") : paint("yellow", "?");
    lines.push(
      `  ${mark} ${paint("bold", type)}  expected ${printable(expected)}; found ${printable(found)}`,
    );
    for (const subject of subjects.slice(0, MOST_SUBJECTS)) lines.push(`      ${printable(subject)}`);
    if (subjects.length > MOST_SUBJECTS) lines.push(`      and ${subjects.length - MOST_SUBJECTS} more`);
    lines.push(paint("dim", `      ${todo}`));
  }
  const weaker = policy.deviations.filter(({ effect }) => effect === "weaker");
  if (weaker.length > 0) {
    const names = weaker.map(({ name, value }) => `${name} ${JSON.stringify(value)}`).join(", ");
    lines.push(paint("yellow", `  the policy is weaker than the default: ${printable(names)}`));
  }
  lines.push(
    `${required.ok} of ${decision.requirements.scenarios} required scenarios as demanded, ${required.waived} waived · ${green.runs} green in a row · exit ${decision.exitCode}`,
  );
  return `${lines.join("\n")}\n`;
}
