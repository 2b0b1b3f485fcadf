import { readPattern } from "../learn/pattern.ts";
import { addSeen, newSink } from "./seen-fields.ts";
import { errorTextFinder } from "./error-texts.ts";
import type { Exchange, Place, SeenError, SeenEvent, Wire } from "./exchanges.ts";
import { namesOf, type FieldTree } from "./field-tree.ts";
import { namesSeen, type NamesSeen } from "./names-seen.ts";
import { ANY_REQUEST, type Subject } from "./subjects.ts";

/** Where something is recorded. */
export interface Reach {
  /** Ids, in order. */
  readonly scenarios: readonly string[];
  /** How many cases. */
  readonly cases: number;
}

/** What the recordings show of a method. */
export interface MethodMeasure extends Reach {
  /** An ok answer was recorded whose payload is not excluded as a whole. */
  readonly served: boolean;
  readonly params: NamesSeen;
  readonly enums: NamesSeen;
  readonly results: NamesSeen;
  readonly errors: NamesSeen;
}

/** What the recordings show of an event. */
export interface EventMeasure extends Reach {
  readonly payload: NamesSeen;
}

const reachOf = (places: readonly Place[]): Reach => ({
  scenarios: [...new Set(places.map(({ scenario }) => scenario))].sort(),
  cases: new Set(places.map(({ caseId }) => caseId)).size,
});

function errorsSeen(subject: Subject, messages: readonly string[]): NamesSeen {
  const textOf = errorTextFinder(subject.errors);
  return namesSeen(subject.errors, new Set(messages.flatMap((message) => textOf(message) ?? [])));
}

const refusalsOf = (exchanges: readonly Exchange[]): string[] =>
  exchanges.flatMap(({ answers }) =>
    answers.flatMap((answer) => (answer.ok || answer.message === undefined ? [] : [answer.message])),
  );

/** Names of params and results that exchanges of one method show. */
function measureFields(
  subject: Subject,
  exchanges: readonly Exchange[],
): Pick<MethodMeasure, "params" | "enums" | "results"> {
  const [accepted, refused, results] = [newSink(), newSink(), newSink()];
  for (const { params, answers } of exchanges) {
    const isAccepted = answers.some(({ ok }) => ok);
    if (isAccepted || answers.length > 0) addSeen(subject.params, params, isAccepted ? accepted : refused);
    for (const answer of answers) if (answer.ok) addSeen(subject.result, answer.payload, results);
  }
  const names = namesOf(subject.params);
  return {
    params: namesSeen(names.fields, accepted.fields, refused.fields),
    enums: namesSeen(names.values, accepted.values, refused.values),
    results: namesSeen(namesOf(subject.result).fields, results.fields),
  };
}

/** Texts that meet any request, and those of the handshake, come as answers to whatever was sent. */
function everywhere(subject: Subject, wire: Wire): readonly SeenError[] | undefined {
  return subject.name === ANY_REQUEST || subject.name === "connect" ? wire.errors : undefined;
}

/**
 * Measures one subject of the contract.
 * @param exchanges those of its method
 */
export function measureMethod(subject: Subject, exchanges: readonly Exchange[], wire: Wire): MethodMeasure {
  const errors = everywhere(subject, wire);
  const messages = errors?.map(({ message }) => message) ?? refusalsOf(exchanges);
  const textOf = errorTextFinder(subject.errors);
  const places =
    subject.name === ANY_REQUEST ? wire.errors.filter(({ message }) => textOf(message)) : exchanges;
  return {
    ...reachOf(places),
    served: exchanges.some(({ answers }) =>
      answers.some((answer) => answer.ok && readPattern(answer.payload).form !== "any"),
    ),
    ...measureFields(subject, exchanges),
    errors: errorsSeen(subject, messages),
  };
}

/** Measures one event. @param payload what the contract names of it */
export function measureEvent(payload: FieldTree, events: readonly SeenEvent[]): EventMeasure {
  const sink = newSink();
  for (const event of events) addSeen(payload, event.payload, sink);
  return { ...reachOf(events), payload: namesSeen(namesOf(payload).fields, sink.fields) };
}
