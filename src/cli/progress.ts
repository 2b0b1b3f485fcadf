import type { RunListener } from "../harness/judge/run-suite.ts";
import type { Paint } from "../harness/report/paint.ts";
import { prettyHeader } from "../harness/report/pretty/pretty.ts";
import { scenarioLine } from "../harness/report/pretty/scenario-line.ts";
import type { Io } from "./io.ts";

const CLEAR_LINE = "\r\u001b[2K";

/** Narrates a run: one line per scenario as it ends, and on a terminal a status line that is overwritten. */
export class Progress implements RunListener {
  readonly #io: Pick<Io, "out" | "err" | "errIsTerminal" | "columns">;
  readonly #paint: Paint;
  readonly #tellsScenarios: boolean;
  readonly #header: { readonly tool: string; readonly target: { name: string; kind: string } };
  #width = 0;
  #status = "";

  /** @param options.tellsScenarios whether standard output is for people to read. */
  constructor(
    io: Pick<Io, "out" | "err" | "errIsTerminal" | "columns">,
    options: {
      readonly paint: Paint;
      readonly tellsScenarios: boolean;
      readonly tool: string;
      readonly target: { name: string; kind: string };
    },
  ) {
    this.#io = io;
    this.#paint = options.paint;
    this.#tellsScenarios = options.tellsScenarios;
    this.#header = options;
  }

  readonly onPlan: NonNullable<RunListener["onPlan"]> = ({ oracle, server, cases, scenarios }) => {
    this.#width = Math.max(0, ...scenarios.map((id) => id.length));
    if (!this.#tellsScenarios) return;
    const { tool, target } = this.#header;
    this.#io.out(
      `${prettyHeader({ tool, oracle, target: server === undefined ? target : { ...target, server } }, cases)}\n\n`,
    );
  };

  readonly onCase: NonNullable<RunListener["onCase"]> = (result, done, total) => {
    this.#show(`${done}/${total}  ${result.id}`);
  };

  readonly onScenario: NonNullable<RunListener["onScenario"]> = (scenario, results) => {
    if (!this.#tellsScenarios) return;
    const status = this.#status;
    this.clear();
    this.#io.out(`${scenarioLine(scenario, results, this.#paint, this.#width)}\n`);
    if (status !== "") this.#show(status);
  };

  /** Says what takes long before the first case. */
  tell(text: string): void {
    this.#show(text);
  }

  /** Takes the status line away. */
  clear(): void {
    if (this.#status !== "") this.#io.err(CLEAR_LINE);
    this.#status = "";
  }

  #show(text: string): void {
    if (!this.#io.errIsTerminal) return;
    this.#status = text;
    this.#io.err(`${CLEAR_LINE}${text.slice(0, Math.max(1, this.#io.columns - 1))}`);
  }
}
