import type { Capture } from "../run/capture.ts";
import { isConstant, SymbolTable } from "./table.ts";

/** The one value of the harness's that is a symbol even where all runs share it: no recording may name a machine. */
const STATE_DIR = "stateDir";

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
  for (const name of Object.keys(first?.known ?? {}).sort()) {
    const values = captures.flatMap(({ known }) => (Object.hasOwn(known, name) ? (known[name] ?? []) : []));
    if (values.length !== captures.length || values.includes("")) continue;
    if (!isConstant(values.map((value) => typeof value))) continue;
    const secret = isSecretName(captures, name);
    if (isConstant(values) && !secret && name !== STATE_DIR) continue;
    table.join(values, secret ? "secret" : "known", name);
  }
  return table;
}
