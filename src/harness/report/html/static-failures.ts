import type { Outcome } from "../../outcome.ts";
import { plain } from "../paint.ts";
import { caseBlock } from "../pretty/case-block.ts";
import { plural } from "../text.ts";
import { escapeHtml } from "./embed.ts";

/** Most cases written out for readers without script, and for paper. */
const MOST_FAILURES = 100;

/** What did not pass, as text: hidden while the script shows the cases, printed, and read where no script runs. */
export function staticFailures(outcome: Outcome): string {
  const bad = outcome.cases.filter(
    ({ status, differences }) =>
      status === "fault" ||
      status === "incomplete" ||
      (status === "fail" && (differences.length > 0 || outcome.diagnoses.length === 0)),
  );
  if (bad.length === 0) return "";
  const items = bad
    .slice(0, MOST_FAILURES)
    .map((result) => `<li><pre>${escapeHtml(caseBlock(result, plain).join("\n"))}</pre></li>`);
  const rest = bad.length - MOST_FAILURES;
  const more = rest > 0 ? `<p>And ${plural(rest, "more case")}; outcome.json has them all.</p>` : "";
  return `<section class="static" aria-labelledby="failures"><h2 id="failures">What did not pass</h2><ul>${items.join("")}</ul>${more}</section>`;
}
