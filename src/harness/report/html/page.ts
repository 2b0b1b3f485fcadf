import { createHash } from "node:crypto";
import type { CaseStatus, Outcome } from "../../outcome.ts";
import { LEVELS } from "../../scenario/schema.ts";
import { isUnclean } from "../run-problems.ts";
import { duration, plural } from "../text.ts";
import { partNote, VERDICT_WORDS, verdictSentence } from "../verdict.ts";
import { clientScript } from "./client-script.ts";
import { embedJson, escapeHtml } from "./embed.ts";
import { methodTable } from "./method-table.ts";
import { staticFailures } from "./static-failures.ts";
import { STYLES } from "./styles/index.ts";
import { viewModel } from "./view-model.ts";
import { WORKSPACE } from "./workspace.ts";

const VERDICT_MARKS = { pass: "✓", hygiene: "~", differ: "✗", incomplete: "?", fault: "!" } as const;

const TILES: readonly (readonly [Exclude<keyof Outcome["totals"], "reached">, CaseStatus, string])[] = [
  ["pass", "pass", "pass"],
  ["departure", "departure", "departure"],
  ["waived", "waived", "waived"],
  ["fail", "fail", "fail"],
  ["incomplete", "incomplete", "incomplete"],
  ["fault", "fault", "fault"],
  ["notApplicable", "not-applicable", "not applicable"],
];

const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** Nothing is fetched, sent or framed; of scripts and styles only the two this page was made with. */
const policy = (script: string): string =>
  `default-src 'none'; script-src ${hashOf(script)}; style-src ${hashOf(STYLES)}; img-src data:; base-uri 'none'; form-action 'none'`;

function fact(name: string, value: string | undefined): string {
  return value === undefined ? "" : `<div><dt>${name}</dt><dd>${escapeHtml(value)}</dd></div>`;
}

function verdictSection(outcome: Outcome): string {
  const { verdict, target, evidence, shard } = outcome;
  const note = partNote(outcome);
  const said = verdictSentence(outcome);
  // A target's name is written as it is.
  const sentence = said.startsWith(target.name) ? said : `${said.charAt(0).toUpperCase()}${said.slice(1)}`;
  return `<section class="verdict" data-verdict="${verdict}" aria-labelledby="verdict">
<p class="eyebrow">${escapeHtml(target.name)} <span>against</span> ${escapeHtml(outcome.oracle)}</p>
<h1 id="verdict"><span class="stamp" aria-hidden="true">${VERDICT_MARKS[verdict]}</span> ${VERDICT_WORDS[verdict]}</h1>
<p class="lede">${escapeHtml(sentence)}.</p>
${note === undefined ? "" : `<p class="lede">${escapeHtml(note)}</p>`}
<dl class="facts">
${fact("Exit code", String(outcome.exitCode))}${fact("Started", outcome.startedAt.replace("T", " ").replace(/\.\d+Z$/, " UTC"))}${fact("Took", duration(outcome.durationMs))}${fact("Server", target.server)}${fact("Build", evidence.candidate)}${fact("Shard", shard === undefined ? undefined : `${shard.index} of ${shard.count}`)}${fact("Suite", evidence.suite.slice(0, 12))}${fact("Tool", outcome.tool)}${fact("Ran on", `Node ${evidence.node}, ${evidence.platform}`)}
</dl>
</section>`;
}

function diagnosisSection({ diagnoses }: Outcome): string {
  if (diagnoses.length === 0) return "";
  const items = diagnoses.map(
    ({ title, detail, explains }) =>
      `<li><h3>${escapeHtml(title)}</h3><pre tabindex="0">${escapeHtml(detail)}</pre><p>Explains ${plural(explains, "case")}.</p></li>`,
  );
  return `<section aria-labelledby="diagnoses"><h2 id="diagnoses">${diagnoses.length === 1 ? "Diagnosis" : "Diagnoses"}</h2><ul class="diagnoses">${items.join("")}</ul></section>`;
}

function tileSection({ totals }: Outcome): string {
  const judged = totals.pass + totals.departure + totals.waived + totals.fail;
  const tiles = TILES.filter(
    ([key, status]) => totals[key] !== 0 || status === "pass" || status === "fail",
  ).map(
    ([key, status, word]) =>
      `<li><a class="tile" href="#cases" data-filter-status="${status}" data-status="${status}" data-zero="${totals[key] === 0}"><b>${totals[key]}</b> ${word}</a></li>`,
  );
  const levels = LEVELS.map((level) => {
    const reached = totals.reached[level];
    const share = judged === 0 ? 0 : Math.floor((1000 * reached) / judged) / 10;
    return `<li><span>${level}</span><svg class="bar" role="img" aria-label="${reached} of ${judged} reach ${level}" preserveAspectRatio="none" viewBox="0 0 100 1"><rect class="fill" width="${share}" height="1"/></svg><span class="share">${share} %</span></li>`;
  });
  return `<section class="summary" aria-labelledby="summary"><h2 id="summary">Summary</h2><ul class="tiles">${tiles.join("")}</ul><ul class="levels" aria-label="Levels reached by the cases that were judged">${levels.join("")}</ul></section>`;
}

/** Only an address on the web is followed; `javascript:` would be one too. */
function issueLink(issue: string): string {
  if (!/^https?:\/\//.test(issue)) return escapeHtml(issue);
  const short = issue.replace(/^https?:\/\/(?:github\.com\/)?/, "");
  return `<a href="${escapeHtml(issue)}" rel="noreferrer noopener">${escapeHtml(short)}</a>`;
}

function waiverSection({ waivers }: Outcome): string {
  if (waivers.length === 0) return "";
  const rows = waivers
    .toSorted((a, b) => Number(isUnclean(b.state)) - Number(isUnclean(a.state)))
    .map(
      ({ id, scenario, state, message, reason = "", owner = "", issue = "", expires = "" }) =>
        `<tr data-unclean="${isUnclean(state)}"><th scope="row"><code>${escapeHtml(id)}</code></th><td><span class="state">${state}</span></td><td><code>${escapeHtml(scenario)}</code></td><td>${escapeHtml(owner)}</td><td>${issueLink(issue)}</td><td>${escapeHtml(expires)}</td><td>${escapeHtml(message)}${reason === "" ? "" : `<br><span class="why">${escapeHtml(reason)}</span>`}</td></tr>`,
    );
  return `<section aria-labelledby="waivers"><h2 id="waivers">Waivers</h2><div class="scroll" role="region" aria-labelledby="waivers" tabindex="0"><table class="plain"><thead><tr><th scope="col">Waiver</th><th scope="col">State</th><th scope="col">Scenario</th><th scope="col">Owner</th><th scope="col">Issue</th><th scope="col">Expires</th><th scope="col">What was found</th></tr></thead><tbody>${rows.join("")}</tbody></table></div></section>`;
}

/**
 * The outcome as one HTML file that needs nothing beside itself and reaches for nothing: verdict, diagnoses and tables are
 * readable without its script, which adds the list of cases with search, filters and frames side by side.
 */
export function renderHtml(outcome: Outcome): string {
  const script = clientScript();
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${VERDICT_WORDS[outcome.verdict]}: ${escapeHtml(outcome.target.name)} against ${escapeHtml(outcome.oracle)}</title>
<link rel="icon" href="data:,">
<style>${STYLES}</style>
</head>
<body>
<a class="skip" href="#cases">Skip to the cases</a>
<header class="top"><span class="brand">Lockstep</span><span class="actions"><button type="button" class="button" id="keys">Keys</button><button type="button" class="button" id="theme">Dark</button></span></header>
<main>
${verdictSection(outcome)}
${diagnosisSection(outcome)}
${tileSection(outcome)}
${methodTable(outcome)}
${waiverSection(outcome)}
${WORKSPACE}
${staticFailures(outcome)}
</main>
<footer class="bottom">${escapeHtml(outcome.tool)} · ${escapeHtml(outcome.oracle)} · ${plural(outcome.totals.cases, "case")}</footer>
<div id="tip" role="tooltip" hidden></div>
<script type="application/json" id="data">${embedJson(viewModel(outcome))}</script>
<script>${script}</script>
</body>
</html>
`;
}
