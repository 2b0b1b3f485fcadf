import { markdownTable } from "../report/markdown-table.ts";
import { printable } from "../report/text.ts";
import type { SoakFile } from "./format.ts";
import { isLatencyJudged, MEMORY_JUDGED_FROM_MS } from "./judge.ts";

const said = (figure: number | null, unit = ""): string => (figure === null ? "-" : `${figure}${unit}`);
const megabytes = (bytes: number | null | undefined): string =>
  bytes === null || bytes === undefined ? "-" : `${(bytes / 1_000_000).toFixed(2)} MB`;

function processorLines({ processor }: SoakFile): string[] {
  if (processor === null) return [];
  const { used, waitedFor } = processor;
  return [
    `the target computed for ${used} s, and waited ${waitedFor} s for a processor`,
    ...(waitedFor > used / 10 ? ["other processes were in its way: repeat this on an idle machine"] : []),
  ];
}

/** What a soak found, as text with line breaks: a table in Markdown, the figures, the verdict on the last line. */
export function renderSoak(file: SoakFile): string {
  const { health, p99Ratio, rss, size } = file;
  const rows = Object.entries(health).map(([name, { count, p50, p99, max }]) => [
    name,
    String(count),
    said(p50),
    said(p99),
    said(max),
  ]);
  return [
    ...markdownTable(["health", "requests", "p50 ms", "p99 ms", "max ms"], rows),
    `p99 under load: ${said(p99Ratio.toIdle, " x")} idle, ${said(p99Ratio.toAlone, " x")} alone`,
    `${file.answersPerSecond} answers a second; ${file.eventsReceived} events received`,
    `RSS ${megabytes(rss[0]?.bytes)} at first, ${megabytes(rss.at(-1)?.bytes)} at last`,
    `RSS slope ${megabytes(file.rssSlope)} a minute`,
    ...(size.loadMs < MEMORY_JUDGED_FROM_MS ? ["memory is not judged below five minutes"] : []),
    ...(isLatencyJudged(file) ? [] : ["latency is not judged by fewer than 100 requests"]),
    ...processorLines(file),
    file.ok ? "holds" : `does not hold: ${file.faults.map(printable).join("; ")}`,
    "",
  ].join("\n");
}
