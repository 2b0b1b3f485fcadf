/**
 * @typedef {{ kind: string, level: string, step: number, pointer: string, expected?: unknown, actual?: unknown,
 *   message: string, boundAt?: string }} Difference
 * @typedef {{ sent?: unknown, received: unknown[] }} StepFrames
 * @typedef {{ id: string, scenario: string, area: string, title: string, covers: string[], required: string,
 *   reached: string, status: string, durationMs: number, differences: Difference[],
 *   departures: { difference: Difference, why: string }[], waived: { difference: Difference, waiver: string }[],
 *   attempts: string[], reason: string, logTail: string[], frames: Record<string, StepFrames>, repeat: string,
 *   haystack: string }} Case
 * @typedef {{ id: string, scenario: string, state: string, message: string, owner?: string, issue?: string,
 *   expires?: string, reason?: string }} Waiver
 */

/**
 * A word of a POSIX shell's command line, quoted when it has to be.
 * @param {string} text
 */
export function shellWord(text) {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * Cases of what the page holds (view-model.ts).
 * @param {any} data
 * @returns {Case[]}
 */
export function readCases(data) {
  return data.cases.map((/** @type {any[]} */ [group, name, status, reached, durationMs, detail = {}]) => {
    const [scenario, title, covers, required] = data.groups[group];
    const id = detail.id ?? (name === "" ? scenario : `${scenario}[${name}]`);
    return {
      scenario,
      title,
      covers,
      required,
      area: scenario.split("/", 1)[0],
      status,
      reached,
      durationMs,
      differences: [],
      departures: [],
      waived: [],
      attempts: [],
      reason: "",
      logTail: [],
      frames: {},
      repeat: `${data.repeat.before}${shellWord(id)}${data.repeat.after}`,
      haystack: `${id} ${title} ${covers.join(" ")} ${detail.reason ?? ""}`.toLowerCase(),
      ...detail,
      id,
    };
  });
}

/**
 * Every difference of a case with what became of it, by step.
 * @param {Case} one
 * @returns {{ difference: Difference, fate: "stands" | "departure" | "waived", note: string }[]}
 */
export function allDifferences(one) {
  /** @type {ReturnType<typeof allDifferences>} */
  const all = [
    ...one.differences.map((difference) => ({ difference, fate: /** @type {const} */ ("stands"), note: "" })),
    ...one.departures.map(({ difference, why }) => ({
      difference,
      fate: /** @type {const} */ ("departure"),
      note: why,
    })),
    ...one.waived.map(({ difference, waiver }) => ({
      difference,
      fate: /** @type {const} */ ("waived"),
      note: waiver,
    })),
  ];
  return all.sort((a, b) => a.difference.step - b.difference.step);
}

/**
 * Whether a case stands between the run and a pass.
 * @param {Case} one
 */
export function isBad({ status }) {
  return status === "fail" || status === "incomplete" || status === "fault";
}
