import type { Outcome } from "../../outcome.ts";
import { LEVELS } from "../../scenario/schema.ts";
import { scoreboard, type ScoreRow } from "../scoreboard.ts";
import { escapeHtml } from "./embed.ts";

const HEAD = ["cases", ...LEVELS, "departures", "waived", "fail", "n/a", "incomplete"];

/** The cases of a method as parts of a line; what failed first, since one of a hundred would be a hair at the end. */
function bar(row: ScoreRow): string {
  const rest = row.cases - row.failures - row.incomplete - row.notApplicable - row.waived;
  const parts: [string, number][] = [
    ["fail", row.failures],
    ["incomplete", row.incomplete],
    ["waived", row.waived],
    ["pass", rest],
    ["not-applicable", row.notApplicable],
  ];
  let at = 0;
  const rects = parts
    .filter(([, count]) => count > 0)
    .map(([status, count]) => {
      const width = (100 * count) / row.cases;
      const rect = `<rect data-status="${status}" x="${at.toFixed(2)}" width="${width.toFixed(2)}" height="1"/>`;
      at += width;
      return rect;
    });
  return `<svg class="bar" aria-hidden="true" preserveAspectRatio="none" viewBox="0 0 100 1">${rects.join("")}</svg>`;
}

function cells(row: ScoreRow): string {
  const judged = row.cases - row.notApplicable - row.incomplete;
  const levels = LEVELS.map(
    (level) => [row.reached[level], row.reached[level] < judged ? "short" : ""] as const,
  );
  const counts: (readonly [number, string])[] = [
    [row.cases, ""],
    ...levels,
    [row.departures, ""],
    [row.waived, ""],
    [row.failures, "bad"],
    [row.notApplicable, ""],
    [row.incomplete, "bad"],
  ];
  return counts
    .map(([count, tone]) => `<td class="${count === 0 && tone !== "short" ? "zero" : tone}">${count}</td>`)
    .join("");
}

/** How the cases of each method or area ended. */
export function methodTable({ cases }: Outcome): string {
  const rows = scoreboard(cases);
  if (rows.length === 0) return "";
  const body = rows.map(
    (row) =>
      `<tr><th scope="row"><a href="#cases" data-filter-area="${escapeHtml(row.area)}">${escapeHtml(row.area)}</a></th><td class="bar-cell">${bar(row)}</td>${cells(row)}</tr>`,
  );
  return `<section aria-labelledby="methods"><h2 id="methods">Methods and areas</h2><div class="scroll" role="region" aria-labelledby="methods" tabindex="0"><table class="scores"><thead><tr><th scope="col">Method</th><th scope="col"><span class="offscreen">Share</span></th>${HEAD.map((name) => `<th scope="col">${name}</th>`).join("")}</tr></thead><tbody>${body.join("")}</tbody></table></div></section>`;
}
