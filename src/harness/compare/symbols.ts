import { isDuring, SAME_MOMENT_MS } from "../learn/clock.ts";
import { misfit, timeOf } from "../learn/forms.ts";
import { type Binding, type BoundAt, showPlace } from "./bindings.ts";
import { show } from "./render.ts";
import { note, type Spot, type Walk } from "./spot.ts";

/** Step and frame of a place: `/received/0` of `/received/0/payload/ts`. */
const frameOf = ({ step, pointer }: BoundAt): string => `${step} ${pointer.split("/", 3).join("/")}`;

/**
 * Whether two clock readings within one frame were of one moment. That they were equal in every capture of the oracle
 * may be luck; across frames equality means that a stored time came back, and is held to, but where one capture alone
 * taught it.
 */
function isSameMoment(bound: Binding, actual: string | number, at: BoundAt, fewCaptures: boolean): boolean {
  const [first, second] = [timeOf(bound.value), timeOf(actual)];
  if (bound.at === undefined || first === undefined || second === undefined) return false;
  return (fewCaptures || frameOf(bound.at) === frameOf(at)) && Math.abs(first - second) <= SAME_MOMENT_MS;
}

/** Holds a value against what its symbol is bound to, or binds it. */
export function compareSymbol(walk: Walk, name: string, actual: string | number, spot: Spot): void {
  const { bindings, clock, step } = walk;
  const symbol = bindings.symbol(name);
  if (symbol === undefined) return;
  const bound = bindings.get(name);
  if (bound !== undefined) {
    if (bound.value === actual) return;
    const at = { step, pointer: spot.pointer };
    if (symbol.live === true && isSameMoment(bound, actual, at, walk.fewCaptures === true)) return;
    const secret = symbol.kind === "secret";
    const expected = secret ? `<${name}>` : bound.value;
    const from = bound.at === undefined ? "which the harness chose" : `first seen at ${showPlace(bound.at)}`;
    note(
      walk,
      spot,
      "binding",
      `Expected the same value as ${name} (${show(expected)}, ${from}), got ${show(actual)}.`,
      { expected, actual, boundAt: showPlace(bound.at) },
    );
    return;
  }
  const wanted = misfit(symbol.kind, actual, symbol.shape);
  if (wanted !== undefined) {
    note(walk, spot, "value", `Expected ${wanted}, got ${show(actual)}.`, { expected: `<${name}>`, actual });
  } else if (symbol.live === true && !isDuring(actual, clock)) {
    const window = `${new Date(clock.start).toISOString()} to ${new Date(clock.end).toISOString()}`;
    note(walk, spot, "value", `Expected a time during the run (${window}), got ${show(actual)}.`, {
      expected: `<${name}>`,
      actual,
    });
  }
  const clash = bindings.bind(name, actual, { step, pointer: spot.pointer });
  if (clash !== undefined) {
    const at = showPlace(bindings.get(clash)?.at);
    note(
      walk,
      spot,
      "distinctness",
      `Expected a value of its own, got ${show(actual)}, which is already ${clash} (${at}).`,
      { expected: `<${name}>`, actual, boundAt: at },
    );
  }
}
