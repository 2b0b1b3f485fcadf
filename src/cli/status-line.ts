import type { Io } from "./io.ts";

const CLEAR_LINE = "\r\u001b[2K";

/** One line on standard error that is overwritten; nobody sees it unless a terminal does. */
export class StatusLine {
  readonly #io: Pick<Io, "err" | "errIsTerminal" | "columns">;
  #text = "";

  constructor(io: Pick<Io, "err" | "errIsTerminal" | "columns">) {
    this.#io = io;
  }

  show(text: string): void {
    if (!this.#io.errIsTerminal) return;
    this.#text = text;
    this.#io.err(`${CLEAR_LINE}${text.slice(0, Math.max(1, this.#io.columns - 1))}`);
  }

  clear(): void {
    if (this.#text !== "") this.#io.err(CLEAR_LINE);
    this.#text = "";
  }

  /** Prints something else without the status in its way. */
  aside(print: () => void): void {
    const text = this.#text;
    this.clear();
    print();
    if (text !== "") this.show(text);
  }
}
