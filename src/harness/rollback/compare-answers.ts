import { excusedAnswer } from "./exclusions.ts";
import { discrepancies } from "./structure.ts";
import type { Answer, Difference, Interview, Question } from "./types.ts";

/** Differences of one answer beyond so many only repeat what these say. */
const MOST_PER_ANSWER = 20;

function outcomeOf(answer: Answer): { readonly how: string; readonly value: unknown } {
  if ("payload" in answer) return { how: "answered", value: answer.payload };
  if ("error" in answer) return { how: "was refused", value: answer.error };
  return { how: "was not answered", value: undefined };
}

/** One question as a person would type it. */
export function describeQuestion({ method, params }: Question): string {
  const text = JSON.stringify(params);
  return `${method} ${text.length <= 160 ? text : `${text.slice(0, 157)}...`}`;
}

/**
 * Where the answers of the gateway that reads leave those of the one that wrote, apart from the exclusions.
 * @param before what the writer answered last
 * @param after what the reader answered to the same questions, in the same order
 */
export function* compareInterviews(
  before: Interview,
  after: Interview,
  wrote: string,
  read: string,
): Generator<Difference> {
  for (const [index, { question, answer }] of before.entries()) {
    const expected = outcomeOf(answer);
    const actual = outcomeOf(after[index]?.answer ?? { unanswered: true });
    const about = { part: "answer", wrote, read, where: describeQuestion(question) } as const;
    if (expected.how !== actual.how) {
      yield {
        ...about,
        pointer: "",
        expected: expected.value,
        actual: actual.value,
        message: `${expected.how} before, ${actual.how} now`,
      };
      continue;
    }
    let told = 0;
    for (const found of discrepancies(expected.value, actual.value)) {
      if (excusedAnswer(question, found.pointer) !== undefined) continue;
      yield { ...about, ...found };
      told += 1;
      if (told === MOST_PER_ANSWER) break;
    }
  }
}
