/** Everything a command may touch of the outside; `main.ts` alone makes one from the real process. */
export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Whether somebody watches standard output or standard error. */
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  /** Columns of the terminal on standard error. */
  readonly columns: number;
  /** Fires at SIGINT and SIGTERM: stop, tidy up, say what was done. */
  readonly interrupted: AbortSignal;
}

/** Whether this runs under continuous integration. */
export function inCi(io: Pick<Io, "env">): boolean {
  const value = io.env["CI"];
  return value !== undefined && value !== "" && value !== "false" && value !== "0";
}

/**
 * Whether to colour what goes to a stream. A flag decides first, then NO_COLOR and FORCE_COLOR, then whether somebody
 * watches.
 */
export function wantsColour(io: Pick<Io, "env">, isTerminal: boolean, flag: boolean | undefined): boolean {
  if (flag !== undefined) return flag;
  if ((io.env["NO_COLOR"] ?? "") !== "") return false;
  const forced = io.env["FORCE_COLOR"];
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  return isTerminal;
}
