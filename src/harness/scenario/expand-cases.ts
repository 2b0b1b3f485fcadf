import type { PlannedCase } from "../run/capture.ts";
import type { ScenarioFile } from "./schema.ts";
import { caseResolver } from "./resolver.ts";
import { TemplateError, render } from "./template.ts";

/** A planned case with the values its `{{case.NAME}}` stand for. */
export interface ExpandedCase extends PlannedCase {
  readonly values: Readonly<Record<string, unknown>>;
}

type Axis = NonNullable<ScenarioFile["matrix"]>[string];
type Combination = { readonly words: readonly string[]; readonly values: Readonly<Record<string, unknown>> };

/** Longest text that names an axis value by itself. */
const NAME_LIMIT = 60;
/** Strings that read as themselves, without quotes. */
const PLAIN = /^[A-Za-z_][\w.:/+-]*$/;

function nameOf(value: Axis[number]): { name: string; value: unknown } {
  if (typeof value === "object" && value !== null) return value;
  const text = JSON.stringify(value);
  const plain = typeof value === "string" && PLAIN.test(value) && !["null", "true", "false"].includes(value);
  const name = plain ? value : text;
  if (name.length > NAME_LIMIT || /[\p{Cc}\]]/u.test(name)) {
    throw new TemplateError(
      `the axis value ${text.slice(0, NAME_LIMIT)} needs a name: {name: ..., value: ...}`,
    );
  }
  return { name, value };
}

function cross(combinations: readonly Combination[], axis: string, values: Axis): Combination[] {
  const named = values.map(nameOf);
  return combinations.flatMap(({ words, values: others }) =>
    named.map(({ name, value }) => ({
      words: [...words, `${axis}=${name}`],
      values: { ...others, [axis]: value },
    })),
  );
}

/** Id of a case: `<scenario>`, or `<scenario>[<case>]`. */
export function caseId(scenario: string, name: string): string {
  return name === "" ? scenario : `${scenario}[${name}]`;
}

/**
 * Every case of a scenario: each entry of `cases` with every combination of the matrix, `{{case.NAME}}` filled in.
 * A scenario with neither has one case without a name. A case's name is the entry's name, then `axis=value` for each
 * axis, joined by blanks.
 * @throws TemplateError when two cases have one name, a value needs a name, or `{{case.NAME}}` is unknown.
 */
export function expandCases(scenario: ScenarioFile): ExpandedCase[] {
  let combinations: Combination[] = (scenario.cases ?? [undefined]).map((entry) => {
    if (entry === undefined) return { words: [], values: {} };
    const { name, ...values } = entry;
    return { words: [name], values: { name, ...values } };
  });
  for (const [axis, values] of Object.entries(scenario.matrix ?? {}))
    combinations = cross(combinations, axis, values);
  const seen = new Set<string>();
  return combinations.map(({ words, values }) => {
    const name = words.join(" ");
    if (seen.has(name)) throw new TemplateError(`two cases are called "${name}"`);
    seen.add(name);
    return {
      id: caseId(scenario.id, name),
      scenario: scenario.id,
      case: name,
      title: scenario.title,
      steps: render(scenario.steps, caseResolver(values)) as ScenarioFile["steps"],
      values,
    };
  });
}
