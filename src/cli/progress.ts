import type { RunListener } from "../harness/judge/run-suite.ts";
import type { Outcome } from "../harness/outcome.ts";
import type { Paint } from "../harness/report/paint.ts";
import { prettyHeader } from "../harness/report/pretty/pretty.ts";
import { scenarioLine } from "../harness/report/pretty/scenario-line.ts";
import type { Io } from "./io.ts";
import { StatusLine } from "./status-line.ts";

export interface ProgressOptions {
  readonly paint: Paint;
  /** Whether standard output is for people to read. */
  readonly tellsScenarios: boolean;
  readonly tool: string;
  readonly oracle: string;
  readonly target: Outcome["target"];
}

/** Narrates a run: one line per scenario as it ends, and on a terminal a status line. */
export class Progress implements RunListener {
  readonly #io: Pick<Io, "out" | "err" | "errIsTerminal" | "columns">;
  readonly #options: ProgressOptions;
  readonly status: StatusLine;
  #width = 0;

  constructor(io: Pick<Io, "out" | "err" | "errIsTerminal" | "columns">, options: ProgressOptions) {
    this.#io = io;
    this.#options = options;
    this.status = new StatusLine(io);
  }

  readonly onPlan: NonNullable<RunListener["onPlan"]> = ({ server, cases, scenarios }) => {
    this.#width = Math.max(0, ...scenarios.map((id) => id.length));
    const { tellsScenarios, tool, oracle, target } = this.#options;
    if (!tellsScenarios) return;
    const named = server === undefined ? target : { ...target, server };
    this.status.aside(() => this.#io.out(`${prettyHeader({ tool, oracle, target: named }, cases)}\n\n`));
  };

  readonly onCase: NonNullable<RunListener["onCase"]> = (result, done, total) => {
    this.status.show(`${done}/${total}  ${result.id}`);
  };

  readonly onScenario: NonNullable<RunListener["onScenario"]> = (scenario, results) => {
    const { tellsScenarios, paint } = this.#options;
    if (!tellsScenarios) return;
    this.status.aside(() => this.#io.out(`${scenarioLine(scenario, results, paint, this.#width)}\n`));
  };
}
