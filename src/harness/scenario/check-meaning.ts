import { expandCases } from "./expand-cases.ts";
import { parseExpression } from "./expression.ts";
import type { Expression } from "./expression.ts";
import { isObject } from "./json.ts";
import { type FixtureFile, repeatedLines, type ScenarioFile, type Step } from "./schema.ts";
import { NO_KIND, STEP_SCHEMAS, kindOf, stepKind } from "./step-kind.ts";
import { parseTemplate } from "./template.ts";
import type { SourceProblem, YamlSource } from "./yaml-source.ts";

type Path = readonly PropertyKey[];
type Report = (path: Path, message: string, hint: string) => void;

const TEMPLATES =
  "Known: run, key:a, token, state, port, now, now-1h, iso:now, clock:now+1h, let.x, case.x, bind.x, i (fixtures), nonce, nonce:conn, device:a, deviceToken:a, repeat:TEXT:N, absent";

function eachText(value: unknown, path: Path, visit: (text: string, path: Path) => void): void {
  if (typeof value === "string") visit(value, path);
  else if (Array.isArray(value)) value.forEach((item, index) => eachText(item, [...path, index], visit));
  else if (isObject(value)) {
    for (const [key, member] of Object.entries(value)) {
      visit(key, [...path, key]);
      eachText(member, [...path, key], visit);
    }
  }
}

function eachExpression(
  value: unknown,
  path: Path,
  report: Report,
  visit: (expression: Expression, path: Path) => void,
): void {
  eachText(value, path, (text, place) => {
    for (const part of parseTemplate(text)) {
      if (!("expression" in part)) continue;
      const expression = parseExpression(part.expression);
      if (expression === undefined)
        report(place, `{{${part.expression}}} is not a known template`, TEMPLATES);
      else visit(expression, place);
    }
  });
}

/** The connections a step uses, and those it opens. */
function connectionsOf(step: Step): { uses: string[]; opens: string[] } {
  if ("connect" in step) return { uses: [], opens: [step.connect.as ?? "main"] };
  if ("open" in step) return { uses: [], opens: [step.open.as ?? "main"] };
  if ("together" in step) return { uses: step.together.map((call) => call.as ?? "main"), opens: [] };
  if ("close" in step) return { uses: [step.close.as ?? "main"], opens: [] };
  if ("closed" in step) return { uses: [step.closed.as ?? "main"], opens: [] };
  if ("pause" in step) return { uses: [step.pause.as ?? "main"], opens: [] };
  if ("resume" in step) return { uses: [step.resume.as ?? "main"], opens: [] };
  if ("quiet" in step) return { uses: [step.quiet.as ?? "main"], opens: [] };
  return { uses: "as" in step && step.as !== undefined ? [step.as] : [], opens: [] };
}

function bindingsOf(step: Step): string[] {
  if ("together" in step) return step.together.flatMap((call) => Object.keys(call.bind ?? {}));
  return "bind" in step ? Object.keys(step.bind ?? {}) : [];
}

function checkStep(step: Step, path: Path, report: Report): void {
  // A raw step has no member that it must have, so a step of no kind fits its schema.
  if (kindOf(step) === undefined) report(path, NO_KIND, "Say what the step does");
  if (("raw" in step || "base64" in step) && "raw" in step === "base64" in step) {
    report(path, "a raw step needs either raw or base64", "Text and JSON go in `raw`, bytes in `base64`");
  }
  if ("write" in step && "json" in step === "text" in step) {
    report(path, "a write step needs either json or text", "`json: null` writes the word null");
  }
}

function checkSteps(scenario: ScenarioFile, report: Report): void {
  const opened = new Set(["main"]);
  const bound = new Set<string>();
  const lets = new Set(Object.keys(scenario.let ?? {}));
  const axes = new Set(Object.keys(scenario.matrix ?? {}));
  const entries = scenario.cases ?? [];
  const check = (expression: Expression, path: Path): void => {
    if (expression.kind === "let" && !lets.has(expression.name)) {
      report(path, `let.${expression.name} is not defined`, "Define it under `let:` of the scenario");
    } else if (expression.kind === "case") {
      const known =
        axes.has(expression.name) ||
        (entries.length > 0 && entries.every((entry) => Object.hasOwn(entry, expression.name)));
      if (!known)
        report(
          path,
          `case.${expression.name} is not defined`,
          "Add an axis to `matrix:`, or a member to every entry of `cases:`",
        );
    } else if (expression.kind === "bind" && !bound.has(expression.name)) {
      report(
        path,
        `bind.${expression.name} is bound by no earlier step`,
        "Add `bind: {name: /pointer}` to the step that receives it",
      );
    } else if (expression.kind === "nonce" && !opened.has(expression.name)) {
      report(
        path,
        `no earlier step opens the connection ${expression.name}`,
        "Add an `open` or `connect` step",
      );
    } else if (expression.kind === "i") {
      report(path, "{{i}} counts inside a fixture's repeat only", TEMPLATES);
    }
  };
  for (const [index, step] of scenario.steps.entries()) {
    const path = ["steps", index];
    checkStep(step, path, report);
    const { uses, opens } = connectionsOf(step);
    for (const name of uses) {
      if (!opened.has(name)) {
        report(
          path,
          `no earlier step opens the connection ${name}`,
          "Only `main` opens by itself; add `- connect: {as: NAME}` before",
        );
      }
    }
    for (const name of opens) opened.add(name);
    eachExpression(step, path, report, check);
    for (const name of bindingsOf(step)) bound.add(name);
  }
  const everything = new Set(bound);
  bound.clear();
  for (const member of ["config", "env", "connect"] as const) {
    eachExpression(scenario[member], [member], report, check);
  }
  // Values of let, matrix and cases are filled in where they are used, so they may name what a step binds.
  for (const name of everything) bound.add(name);
  for (const member of ["let", "matrix", "cases"] as const) {
    eachExpression(scenario[member], [member], report, check);
  }
}

function checkCases(scenario: ScenarioFile, report: Report): void {
  if (scenario.matrix === undefined && scenario.cases === undefined) return;
  try {
    for (const planned of expandCases(scenario)) {
      for (const [index, step] of planned.steps.entries()) {
        const issue = STEP_SCHEMAS[stepKind(step)].safeParse(step).error?.issues[0];
        if (issue === undefined) continue;
        const message = `case "${planned.case}" makes a step that does not fit: ${issue.message}`;
        return report(["steps", index], message, "Some members take text or numbers only");
      }
    }
  } catch (error) {
    const path = scenario.matrix === undefined ? ["cases"] : ["matrix"];
    report(path, error instanceof Error ? error.message : String(error), "Give each value a name of its own");
  }
}

function reporter(source: YamlSource): { problems: SourceProblem[]; report: Report } {
  const problems: SourceProblem[] = [];
  const report: Report = (path, message, hint) => {
    problems.push({ file: source.file, ...source.locate(path), message, hint });
  };
  return { problems, report };
}

/**
 * Checks what the schema cannot say of a scenario: its id is its path, its fixtures exist, its templates are known and
 * have a value, its connections are opened before use, its cases have names of their own.
 * @param path what the id has to be: the file's path below the scenarios' folder, without extension.
 */
export function checkScenario(
  scenario: ScenarioFile,
  source: YamlSource,
  path: string,
  fixtures: ReadonlySet<string>,
): SourceProblem[] {
  const { problems, report } = reporter(source);
  if (scenario.id !== path) {
    report(
      ["id"],
      `the id is ${scenario.id}, but the file is ${path}.yaml`,
      "Rename one; keep an old id under `aliases`",
    );
  }
  for (const [index, name] of (scenario.given ?? []).entries()) {
    if (!fixtures.has(name))
      report(["given", index], `there is no fixture ${name}`, `Add fixtures/${name}.yaml`);
  }
  checkSteps(scenario, report);
  if (problems.length === 0) checkCases(scenario, report);
  return problems;
}

const IN_FIXTURES = new Set<Expression["kind"]>([
  "run",
  "key",
  "token",
  "state",
  "port",
  "model",
  "now",
  "clock",
  "i",
  "repeat",
  "device",
  "absent",
]);

/** Any object may be a line of a transcript, so that the schema takes a repeat that is wrong for one. */
function checkRepeats({ transcripts = {} }: FixtureFile, report: Report): void {
  for (const [name, lines] of Object.entries(transcripts)) {
    for (const [index, line] of lines.entries()) {
      if (!isObject(line) || !("repeat" in line) || !Array.isArray(line["lines"])) continue;
      for (const issue of repeatedLines.safeParse(line).error?.issues ?? []) {
        report(
          ["transcripts", name, index, ...issue.path],
          `no repeat of lines: ${issue.message}`,
          "Write { repeat: 1 to 100000, lines: [...] }; a line that has both members goes in as a text",
        );
      }
    }
  }
}

/** The same for a fixture: its id is its file's name, and its templates make sense before anything ran. */
export function checkFixture(fixture: FixtureFile, source: YamlSource, name: string): SourceProblem[] {
  const { problems, report } = reporter(source);
  if (fixture.id !== name)
    report(["id"], `the id is ${fixture.id}, but the file is ${name}.yaml`, "Rename one");
  checkRepeats(fixture, report);
  const { title: _title, ...content } = fixture;
  eachExpression(content, [], report, (expression, path) => {
    if (!IN_FIXTURES.has(expression.kind)) {
      report(
        path,
        `{{${expression.kind}}} has no value in a fixture`,
        "A fixture is in place before the first step",
      );
    }
  });
  return problems;
}
