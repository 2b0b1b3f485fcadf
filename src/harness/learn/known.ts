import type { Capture } from "../run/capture.ts";
import { isConstant, SymbolTable } from "./table.ts";

/** The one value of the harness's that is a symbol even where all runs share it: no recording may name a machine. */
const STATE_DIR = "stateDir";

/** Before the name of a value that a step bound: the server chose it, the scenario's author named it. */
const BOUND = "bind.";

/** Before the name of a challenge's nonce, which the server chose too. */
const NONCE = "nonce:";

/** The values of one name in every run; nothing when a run lacks it. */
function valuesOf(captures: readonly Capture[], name: string): (string | number)[] | undefined {
  const values = captures.flatMap(({ known }) => (Object.hasOwn(known, name) ? (known[name] ?? []) : []));
  const whole = values.length === captures.length && isConstant(values.map((value) => typeof value));
  return whole ? values : undefined;
}

/** Whether the harness chose the value of that name, so that a server must send it back as it is. */
export function isChosen(name: string): boolean {
  return !name.startsWith(BOUND) && !name.startsWith(NONCE);
}

/** Whether a name in `known` must never be written down. */
export function isSecretName(captures: readonly Capture[], name: string): boolean {
  return captures.some(({ secrets }) => secrets.includes(name));
}

/**
 * The values that the runs chose themselves and that differ between them, as groups that bear the harness's names.
 * A value that all runs share is an ordinary literal, but for secrets and the state directory.
 */
export function tableOfKnown(captures: readonly Capture[]): SymbolTable {
  const table = new SymbolTable();
  const [first] = captures;
  for (const name of Object.keys(first?.known ?? {})
    .filter(isChosen)
    .sort()) {
    const values = valuesOf(captures, name);
    if (values === undefined || values.includes("")) continue;
    const secret = isSecretName(captures, name);
    if (isConstant(values) && !secret && name !== STATE_DIR) continue;
    table.join(values, secret ? "secret" : "known", name);
  }
  return table;
}

/** Gives the symbols of values that the server chose the names by which the run knows them. */
export function nameBound(captures: readonly Capture[], table: SymbolTable): void {
  const [first] = captures;
  for (const name of Object.keys(first?.known ?? {}).sort()) {
    const values = isChosen(name) ? undefined : valuesOf(captures, name);
    const group = values === undefined || isConstant(values) ? undefined : table.find(values);
    if (group !== undefined) group.boundAs ??= name.startsWith(BOUND) ? name.slice(BOUND.length) : name;
  }
}
