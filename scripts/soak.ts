/** The full soak, which decides: exit 0 when memory stays and health stays quick, 1 when not. Writes reports/soak.json. */
import { mkdirSync, writeFileSync } from "node:fs";
import { FULL_SOAK, runSoak } from "../test/support/soak.ts";

/** After the warm-up a gateway may still settle a little; a leak of one kilobyte per request would be 24 MB a minute. */
const MOST_BYTES_PER_MINUTE = 1_000_000;
const MOST_RATIO = 5;

const minutes = Number(process.argv[2] ?? "5");
const size = { ...FULL_SOAK, loadMs: minutes * 60_000, warmUpMs: Math.min(60_000, minutes * 12_000) };
const report = await runSoak(size, (line) => console.log(line));
mkdirSync("reports", { recursive: true });

const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(2)} MB`;
const { alone, idle, loaded } = report.health;
console.log(`\n| health | requests | p50 ms | p99 ms | max ms |\n| --- | --- | --- | --- | --- |`);
for (const [name, { count, p50, p99, max }] of Object.entries({ alone, idle, loaded })) {
  console.log(`| ${name} | ${count} | ${p50} | ${p99} | ${max} |`);
}
console.log(`\np99 under load: ${report.p99Ratio.toIdle} x idle, ${report.p99Ratio.toAlone} x alone`);
console.log(`${report.answersPerSecond} answers a second; ${report.eventsReceived} events received`);
console.log(
  `RSS ${megabytes(report.rss[0]?.bytes ?? 0)} at first, ${megabytes(report.rss.at(-1)?.bytes ?? 0)} at last`,
);
console.log(`RSS slope ${megabytes(report.rssSlope)} a minute`);

if (minutes < 5) console.log("memory is not judged below five minutes");
const { used, waitedFor } = report.processor ?? { used: 0, waitedFor: 0 };
console.log(`the gateway computed for ${used} s, and waited ${waitedFor} s for a processor`);
if (waitedFor > used / 10) console.log("other processes were in its way: repeat this on an idle machine");

const faults = [
  ...(minutes >= 5 && report.rssSlope > MOST_BYTES_PER_MINUTE ? ["memory grows"] : []),
  ...(report.p99Ratio.toIdle > MOST_RATIO ? [`p99 under load is more than ${MOST_RATIO} x idle`] : []),
  ...(report.lost > 0 ? [`${report.lost} connections were lost`] : []),
  ...report.refusals,
];
// The build, for lockstep gate: npm run soak -- MINUTES BUILD.
const candidate = process.argv[3];
const header = {
  format: "lockstep-soak/1",
  date: new Date().toISOString(),
  target: "reference",
  ...(candidate === undefined ? {} : { candidate }),
  durationMs: size.loadMs,
  ok: faults.length === 0,
};
writeFileSync("reports/soak.json", `${JSON.stringify({ ...header, ...report }, null, 2)}\n`);
console.log(faults.length === 0 ? "holds" : `does not hold: ${faults.join("; ")}`);
process.exitCode = faults.length === 0 ? 0 : 1;
