import type { NamesSeen } from "./names-seen.ts";

/** Kinds of name that a recorded method is measured by. */
export const MEASURED = ["params", "enums", "results", "errors"] as const;
export type Measured = (typeof MEASURED)[number];

/** Share of each kind that has to be seen. */
export const DEMANDED: Readonly<Record<Measured, number>> = {
  params: 1,
  enums: 1,
  results: 0.95,
  errors: 0.95,
};

export interface Total {
  readonly seen: number;
  readonly total: number;
  /** Share that has to be seen, 0 to 1. */
  readonly demanded: number;
  readonly isMet: boolean;
}

/** Adds up one kind over methods. */
export function totalOf(kind: Measured, rows: readonly Readonly<Record<Measured, NamesSeen>>[]): Total {
  const seen = rows.reduce((sum, row) => sum + row[kind].seen.length, 0);
  const total = rows.reduce((sum, row) => sum + row[kind].total, 0);
  const demanded = DEMANDED[kind];
  return { seen, total, demanded, isMet: seen >= demanded * total };
}
