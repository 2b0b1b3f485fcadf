import type { UsageTotals } from "../../contract/index.ts";
import type { TokenCounts } from "./token-counts.ts";

/** What a message cost, when its transcript says so: the whole, and what each kind of token had in it. */
export interface RecordedCost {
  readonly total: number;
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

/** Tokens and cost of one message. */
export interface Spend {
  readonly tokens: TokenCounts;
  /** Stated in the transcript; it wins over an estimate. */
  readonly recorded: RecordedCost | undefined;
  /** From configured prices; nothing when the model has none. */
  readonly estimated: number | undefined;
}

type Sums = { -readonly [K in keyof UsageTotals]: UsageTotals[K] };

/** Sums that start at nothing. */
export const emptyTotals = (): Sums => ({
  input: 0,
  output: 0,
  cacheRead: 0,
  cacheWrite: 0,
  totalTokens: 0,
  totalCost: 0,
  inputCost: 0,
  outputCost: 0,
  cacheReadCost: 0,
  cacheWriteCost: 0,
  missingCostEntries: 0,
});

/** US dollars of one message; nothing when neither recorded nor priced. */
export const costOf = (spend: Spend): number | undefined => spend.recorded?.total ?? spend.estimated;

/** Adds one message. An estimate goes into the whole only; a message without any cost is counted as missing. */
export function addSpend(sums: Sums, { tokens, recorded, estimated }: Spend): void {
  sums.input += tokens.input ?? 0;
  sums.output += tokens.output ?? 0;
  sums.cacheRead += tokens.cacheRead ?? 0;
  sums.cacheWrite += tokens.cacheWrite ?? 0;
  sums.totalTokens += tokens.total;
  if (recorded !== undefined) {
    sums.totalCost += recorded.total;
    sums.inputCost += recorded.input;
    sums.outputCost += recorded.output;
    sums.cacheReadCost += recorded.cacheRead;
    sums.cacheWriteCost += recorded.cacheWrite;
  } else if (estimated === undefined) {
    sums.missingCostEntries += 1;
  } else {
    sums.totalCost += estimated;
  }
}

/** Adds other sums. */
export function addTotals(sums: Sums, more: UsageTotals): void {
  for (const name of Object.keys(sums) as (keyof UsageTotals)[]) sums[name] += more[name];
}
