import { setTimeout as sleep } from "node:timers/promises";
import { Redactor } from "../tap/redactor.ts";
import type { Target } from "../target/index.ts";
import type { Launcher } from "../replay/index.ts";
import { breachesOf, openAsker, type Asker } from "./asker.ts";
import { rowsOf, selectReads, sessionQuestions, type LiveQuestion } from "./questions.ts";
import { COMPARE_FORMAT, type CompareReport } from "./report.ts";
import { MethodTally, type LiveExample } from "./tally.ts";
import { spotsBetween, type LiveSpot } from "./walk.ts";

export interface CompareLiveOptions {
  readonly primary: Target;
  readonly secondary: Target;
  readonly candidate: Target;
  readonly launcher: Launcher;
  /** Requests of a capture or of scenarios. */
  readonly given: readonly LiveQuestion[];
  /** Methods to leave out. */
  readonly skip: readonly string[];
  readonly source: string;
  /** How many of the primary's sessions are asked about one by one; 0 asks nothing of our own. */
  readonly sessions: number;
  readonly repeat: number;
  /** Most requests a second to each of the three. */
  readonly rate: number;
  readonly timeoutMs: number;
  /** Which build the candidate is. */
  readonly build?: string | undefined;
  readonly tool: string;
  readonly now: Date;
  readonly signal: AbortSignal;
  readonly onProgress?: (done: number, all: number) => void;
}

type Frame = Readonly<Record<string, unknown>>;

/** Where one answer leaves the primary's; a breach of the contract that the primary shares is none. */
function spotsOf(method: string, primary: Frame, other: Frame | undefined, now: number): LiveSpot[] {
  const spots = spotsBetween(method, primary, other, now);
  if (other === undefined) return spots;
  const shared = new Set(breachesOf(method, primary).map(({ path, actual }) => `${path} ${String(actual)}`));
  return [
    ...spots,
    ...breachesOf(method, other).filter(({ path, actual }) => !shared.has(`${path} ${String(actual)}`)),
  ];
}

class Comparison {
  readonly #tallies = new Map<string, MethodTally>();
  unanswered = 0;

  add(
    { method, params }: LiveQuestion,
    [primary, secondary, candidate]: readonly (Frame | undefined)[],
  ): void {
    // Without both there is no telling noise from difference.
    if (primary === undefined || secondary === undefined) {
      this.unanswered += 1;
      return;
    }
    let tally = this.#tallies.get(method);
    if (tally === undefined) this.#tallies.set(method, (tally = new MethodTally()));
    const now = Date.now();
    tally.add(params, spotsOf(method, primary, candidate, now), spotsOf(method, primary, secondary, now));
  }

  methods(redactor: Redactor): CompareReport["methods"] {
    return [...this.#tallies.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([method, tally]) => {
        const paths = tally.paths();
        return {
          method,
          calls: tally.calls,
          differences: paths.filter(({ judged }) => judged === "difference").length,
          paths: paths.map(({ examples, ...path }) => ({
            ...path,
            calls: tally.calls,
            examples: examples.map((example) => redactor.json(example) as LiveExample),
          })),
        };
      });
  }
}

async function askAll(
  askers: readonly Asker[],
  questions: readonly LiveQuestion[],
  comparison: Comparison,
  options: CompareLiveOptions,
): Promise<void> {
  const { repeat, rate, signal, onProgress } = options;
  const all = questions.length * repeat;
  let next = performance.now();
  let done = 0;
  for (let round = 0; round < repeat; round += 1) {
    for (const question of questions) {
      const wait = next - performance.now();
      if (wait > 0) await sleep(wait, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      next = Math.max(next, performance.now()) + 1_000 / rate;
      comparison.add(question, await Promise.all(askers.map((asker) => asker.ask(question))));
      done += 1;
      onProgress?.(done, all);
    }
  }
}

/** Requests about what the primary holds. */
async function ownQuestions(primary: Asker, most: number): Promise<LiveQuestion[]> {
  if (most === 0) return [];
  const answer = await primary.ask({ method: "sessions.list", params: { limit: most } });
  return sessionQuestions(rowsOf(answer?.["payload"]).slice(0, most));
}

function exitCodeOf(methods: CompareReport["methods"], interrupted: boolean): number {
  if (methods.some(({ differences }) => differences > 0)) return 1;
  return interrupted || methods.length === 0 ? 3 : 0;
}

/**
 * Sends the same reads to three gateways. Where primary and secondary, which run the same build, differ from one another
 * is noise; where the candidate differs from the primary besides is a difference. Nothing but reads is sent.
 * @throws LockstepError TARGET_UNREACHABLE, and as launching does
 */
export async function compareLive(options: CompareLiveOptions): Promise<CompareReport> {
  const { launcher, primary, secondary, candidate, timeoutMs, given } = options;
  const started = performance.now();
  const askers: Asker[] = [];
  const tokens: string[] = [];
  const comparison = new Comparison();
  let notSent: Readonly<Record<string, number>> = {};
  try {
    for (const target of [primary, secondary, candidate]) {
      const running = await launcher.launch(target);
      tokens.push(running.token);
      askers.push(await openAsker(target.name, running, timeoutMs));
    }
    const [first] = askers;
    const own = first === undefined ? [] : await ownQuestions(first, options.sessions);
    // The one place through which every request goes.
    const selected = selectReads([...own, ...given], options.skip);
    notSent = selected.notSent;
    await askAll(askers, selected.questions, comparison, options);
  } finally {
    await Promise.all(askers.map((asker) => asker.close()));
    await launcher.dispose();
  }
  const methods = comparison.methods(new Redactor([], tokens));
  const interrupted = options.signal.aborted;
  return {
    format: COMPARE_FORMAT,
    tool: options.tool,
    at: options.now.toISOString(),
    target: candidate.name,
    ...(options.build === undefined ? {} : { candidate: options.build }),
    primary: primary.name,
    secondary: secondary.name,
    source: options.source,
    repeat: options.repeat,
    durationMs: Math.round(performance.now() - started),
    unanswered: comparison.unanswered,
    interrupted,
    methods,
    notSent: { ...notSent },
    exitCode: exitCodeOf(methods, interrupted),
  };
}
