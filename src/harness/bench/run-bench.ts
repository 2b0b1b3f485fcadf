import { BENCH_FORMAT, type BenchFile, type BenchParty } from "./format.ts";
import { goalsOf } from "./goals.ts";
import { ECHO } from "./ledger.ts";
import { describeMachine } from "./machine.ts";
import { type BenchPlan, measureTargets } from "./measure.ts";
import { ratiosOf } from "./ratios.ts";

/** Who is who: the second target named is the peer of all others; one alone has none. */
function partiesOf(names: readonly string[]): BenchParty[] {
  const parties = names.map((name, index): BenchParty => ({
    name,
    role: index === 1 ? "peer" : "candidate",
  }));
  return [...parties, { name: ECHO, role: "limit" }];
}

/**
 * Runs a benchmark and says what came of it, in the form of its file.
 * @param about.tool name and version of this tool
 * @param about.now when it was run
 * @throws LockstepError TARGET_UNREACHABLE, TARGET_DIED, INTERRUPTED
 */
export async function runBench(
  plan: BenchPlan,
  about: { readonly tool: string; readonly now: Date },
): Promise<BenchFile> {
  const { measures, problems } = await measureTargets(plan);
  const targets = partiesOf(plan.targets.map(({ target }) => target.name));
  const ratios = ratiosOf(measures, targets);
  return {
    format: BENCH_FORMAT,
    tool: about.tool,
    date: about.now.toISOString(),
    machine: describeMachine(),
    settings: plan.settings,
    targets,
    measures,
    ratios,
    goals: goalsOf(measures, ratios, targets),
    problems,
  };
}
