import { markdownTable } from "../report/markdown-table.ts";
import type { BenchFile, Goal, Measure, Ratio } from "./format.ts";
import { ECHO } from "./ledger.ts";

const MEGABYTE = 1_048_576;
const NONE = "not measured";

/** Three digits that mean something; thousands are set apart. */
export function figureText(figure: number): string {
  if (figure >= 100) return Math.round(figure).toLocaleString("en-US").replaceAll(",", " ");
  return figure >= 10 ? figure.toFixed(1) : figure.toPrecision(figure >= 1 ? 3 : 2);
}

interface Reach {
  readonly median: number | null;
  readonly min: number | null;
  readonly max: number | null;
}

function reachText({ median, min, max }: Reach, scale = 1): string {
  if (median === null || min === null || max === null) return NONE;
  const [middle, low, high] = [median, min, max].map((figure) => figureText(figure / scale));
  return low === high ? `${middle}` : `${middle} (${low}..${high})`;
}

const measureText = (measure: Measure | undefined): string =>
  measure === undefined ? NONE : reachText(measure, measure.unit === "bytes" ? MEGABYTE : 1);

const wantedText = ({ wanted }: Goal): string =>
  wanted.atLeast === undefined ? `≤ ${wanted.atMost}` : `≥ ${wanted.atLeast}`;

const metText = ({ met }: Goal): string => {
  if (met === null) return NONE;
  return met ? "yes" : "no";
};

const UNITS: Readonly<Record<Measure["unit"], string>> = {
  ms: "ms",
  bytes: "MiB",
  "per second": "/s",
};

type Place = Pick<Measure, "id" | "sessions" | "connections">;

const isSamePlace = (a: Place, b: Place): boolean =>
  a.id === b.id && a.sessions === b.sessions && a.connections === b.connections;

const countText = (count: number | null): string => (count === null ? "" : String(count));

/** A name in a table's cell. */
const cell = (name: string): string => name.replaceAll("|", "\\|");

function goalRows(goals: readonly Goal[]): string[][] {
  return goals.map((goal) => [
    cell(goal.target),
    goal.text,
    String(goal.sessions),
    countText(goal.connections),
    wantedText(goal),
    reachText(goal),
    metText(goal),
  ]);
}

function figureRows({ measures, ratios, targets }: BenchFile): string[][] {
  const parties = targets.filter(({ role }) => role !== "limit").map(({ name }) => name);
  const compared = comparedTargets(ratios);
  const places = measures.filter(
    (measure, index) =>
      measure.target !== ECHO && measures.findIndex((other) => isSamePlace(other, measure)) === index,
  );
  return places.map((place) => [
    place.id,
    String(place.sessions),
    countText(place.connections),
    UNITS[place.unit],
    ...parties.map((name) =>
      measureText(measures.find((measure) => measure.target === name && isSamePlace(measure, place))),
    ),
    ...compared.map((name) => {
      const ratio = ratios.find(
        (other) => other.target === name && other.against !== ECHO && isSamePlace(other, place),
      );
      return ratio === undefined ? NONE : reachText(ratio);
    }),
  ]);
}

/** The targets that were divided by a peer. */
function comparedTargets(ratios: readonly Ratio[]): string[] {
  return [...new Set(ratios.filter(({ against }) => against !== ECHO).map(({ target }) => target))];
}

function problemLines({ problems }: BenchFile): string[] {
  return problems.map(
    ({ target, method, sessions, connections, round, failed, unanswered, text }) =>
      `- ${target}, ${method}, ${sessions} sessions, ${connections} connections, round ${round}: ${failed} refused, ${unanswered} unanswered; \`${text.replaceAll("`", "'").slice(0, 160)}\``,
  );
}

const MOST_PROBLEMS = 20;

/**
 * One benchmark as a page: where and how it was measured, goals, figures, the echo's ceiling, and what went wrong.
 * Figures are medians of the rounds, with the least and the greatest behind them.
 * @param command what repeats it
 */
export function renderBench(file: BenchFile, command: string): string {
  const { machine, settings, targets, measures, goals } = file;
  const parties = targets.filter(({ role }) => role !== "limit").map(({ name }) => name);
  const peer = targets.find(({ role }) => role === "peer")?.name;
  const figures = ["quantity", "sessions", "connections", "unit", ...parties.map(cell)];
  const against = comparedTargets(file.ratios).map((name) => `${cell(name)} : ${cell(peer ?? "")}`);
  const ceilings = measures.filter(({ target }) => target === ECHO);
  const problems = problemLines(file);
  const left = problems.length - MOST_PROBLEMS;
  return [
    `${file.tool}, ${file.date}. ${machine.cpu}, ${machine.cores} cores, ${Math.round(machine.memoryBytes / MEGABYTE)} MiB, ${machine.os}, Node ${machine.node}.`,
    `${settings.rounds} rounds, ${settings.durationMs} ms a measurement after ${settings.warmupMs} ms of warm-up; all targets run at once and are measured in turn.`,
    "Each figure is the median of the rounds (least..greatest); a ratio is taken within each round first.",
    "",
    `Repeat: \`${command}\``,
    ...(goals.length === 0
      ? []
      : [
          "",
          "## Goals",
          "",
          ...markdownTable(
            ["target", "goal", "sessions", "connections", "wanted", "ratio", "met"],
            goalRows(goals),
          ),
        ]),
    "",
    "## Figures",
    "",
    ...markdownTable([...figures, ...against], figureRows(file)),
    "",
    "## The limit: a bare echo server, asked by the same client",
    "",
    ...markdownTable(
      ["quantity", "beside sessions", "connections", "unit", "echo"],
      ceilings.map((measure) => [
        measure.id,
        String(measure.sessions),
        countText(measure.connections),
        UNITS[measure.unit],
        measureText(measure),
      ]),
    ),
    ...(problems.length === 0
      ? []
      : [
          "",
          "## Measurements in which not every request succeeded",
          "",
          ...problems.slice(0, MOST_PROBLEMS),
          ...(left > 0 ? [`- and ${left} more, in the JSON file`] : []),
        ]),
    "",
  ].join("\n");
}
