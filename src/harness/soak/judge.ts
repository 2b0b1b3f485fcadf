import { plural } from "../report/text.ts";
import type { SoakMeasures } from "./format.ts";

/** Below that a target may still be settling, and memory is not judged. */
export const MEMORY_JUDGED_FROM_MS = 300_000;
/** After the warm-up a gateway may still settle a little; a leak of one kilobyte a request would be 24 MB a minute. */
const MOST_BYTES_PER_MINUTE = 1_000_000;
const MOST_RATIO = 5;
/** The 99th percentile of fewer is the greatest, and one late answer would decide. */
const FEWEST_REQUESTS = 100;

/** Whether health was asked for often enough to compare how late it was. */
export const isLatencyJudged = ({ health }: Pick<SoakMeasures, "health">): boolean =>
  health.idle.count >= FEWEST_REQUESTS && health.loaded.count >= FEWEST_REQUESTS;

function memoryFaults({ size, rss, rssSlope }: SoakMeasures): string[] {
  if (size.loadMs < MEMORY_JUDGED_FROM_MS) return [];
  if (rssSlope === null) return [`memory was not measured: ${plural(rss.length, "sample")}`];
  if (rssSlope <= MOST_BYTES_PER_MINUTE) return [];
  return [`memory grows by ${(rssSlope / 1_000_000).toFixed(2)} MB a minute`];
}

function latencyFaults(measures: SoakMeasures): string[] {
  const { health, p99Ratio } = measures;
  if (health.loaded.p99 === null) return ["health was never answered under load"];
  const isQuick = p99Ratio.toIdle === null || p99Ratio.toIdle <= MOST_RATIO;
  if (isQuick || !isLatencyJudged(measures)) return [];
  return [`the p99 of health under load is more than ${MOST_RATIO} times that beside idle connections`];
}

/**
 * What speaks against a target, in plain words; none when it holds. A target that ended or let somebody not in was not
 * measured any further, so that alone is said.
 */
export function faultsOf(measures: SoakMeasures): string[] {
  const { ended, refused, size, lost, unanswered, refusals } = measures;
  if (ended !== null) return [ended];
  if (refused !== null) {
    return [
      `${refused.opened} of ${size[refused.kind]} ${refused.kind} connections were let in: ${refused.why}`,
    ];
  }
  return [
    ...memoryFaults(measures),
    ...latencyFaults(measures),
    ...(lost.count === 0
      ? []
      : [`${plural(lost.count, "connection")} lost: ${lost.why ?? "nobody knows why"}`]),
    ...(unanswered === 0 ? [] : [`${plural(unanswered, "request")} never answered`]),
    ...refusals.map(
      ({ method, count, text }) => `${method} refused ${count === 1 ? "once" : `${count} times`}: ${text}`,
    ),
  ];
}
