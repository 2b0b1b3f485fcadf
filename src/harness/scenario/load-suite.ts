import { readFile, readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { checkFixture, checkScenario } from "./check-meaning.ts";
import { checkShape } from "./check-shape.ts";
import { MODEL_FIXTURES } from "../model/fixtures.ts";
import { failWith } from "./problems.ts";
import { fixtureFile, scenarioFile } from "./schema.ts";
import type { FixtureFile, ScenarioFile } from "./schema.ts";
import type { LoadedFixture, LoadedScenario, Suite } from "./suite.ts";
import { readYaml } from "./yaml-source.ts";
import type { SourceProblem, YamlSource } from "./yaml-source.ts";

/** Where scenarios and fixtures live below a suite's root. */
export const SCENARIO_FOLDER = "conformance/scenarios";
export const FIXTURE_FOLDER = "fixtures";

const CHECK_HINT = "`lockstep check` reads all files and runs nothing";

async function yamlFilesIn(folder: string, recursive: boolean): Promise<string[]> {
  const entries = await readdir(folder, { recursive, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    },
  );
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".yaml"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

interface Read<T> {
  readonly file: string;
  readonly path: string;
  readonly source: YamlSource;
  readonly data: T;
}

async function readAll<T>(
  root: string,
  folder: string,
  schema: typeof scenarioFile | typeof fixtureFile,
  problems: SourceProblem[],
): Promise<Read<T>[]> {
  const base = join(root, folder);
  const found: Read<T>[] = [];
  for (const absolute of await yamlFilesIn(base, folder === SCENARIO_FOLDER)) {
    const file = relative(root, absolute).split(sep).join("/");
    const path = relative(base, absolute).split(sep).join("/").slice(0, -".yaml".length);
    const read = readYaml(file, await readFile(absolute, "utf8"));
    if ("problems" in read) {
      problems.push(...read.problems);
      continue;
    }
    const wrong = checkShape(schema, read.source);
    problems.push(...wrong);
    // The value as it was read, not the schema's copy of it: that would lack members called `__proto__`.
    if (wrong.length === 0) found.push({ file, path, source: read.source, data: read.source.value as T });
  }
  return found;
}

function checkUnique(scenarios: readonly Read<ScenarioFile>[]): SourceProblem[] {
  const owner = new Map<string, string>();
  return scenarios.flatMap(({ file, source, data }) =>
    [data.id, ...(data.aliases ?? [])].flatMap((id) => {
      const other = owner.get(id);
      owner.set(id, file);
      if (other === undefined) return [];
      const position = source.locate([data.id === id ? "id" : "aliases"]);
      return [
        {
          file,
          ...position,
          message: `${id} is taken by ${other}`,
          hint: "An id is used once, aliases included",
        },
      ];
    }),
  );
}

/**
 * Reads and checks every scenario (`conformance/scenarios/**.yaml`) and fixture (`fixtures/*.yaml`).
 * @param root folder that holds `conformance` and `fixtures`.
 * @throws LockstepError FIXTURE_INVALID or SCENARIO_INVALID, naming file, line and column of each problem.
 */
export async function loadSuite(root: string): Promise<Suite> {
  const problems: SourceProblem[] = [];
  const fixtures = await readAll<FixtureFile>(root, FIXTURE_FOLDER, fixtureFile, problems);
  for (const { source, data, path } of fixtures) problems.push(...checkFixture(data, source, path));
  if (problems.length > 0) failWith("FIXTURE_INVALID", problems, CHECK_HINT);

  const names = new Set([...fixtures.map(({ data }) => data.id), ...MODEL_FIXTURES.keys()]);
  const scenarios = await readAll<ScenarioFile>(root, SCENARIO_FOLDER, scenarioFile, problems);
  for (const { source, data, path } of scenarios) problems.push(...checkScenario(data, source, path, names));
  problems.push(...checkUnique(scenarios));
  if (problems.length > 0) failWith("SCENARIO_INVALID", problems, CHECK_HINT);

  return {
    root,
    scenarios: new Map(
      scenarios.map(({ file, data }): [string, LoadedScenario] => [data.id, { file, data }]),
    ),
    fixtures: new Map([
      ...[...MODEL_FIXTURES].map(([id, data]): [string, LoadedFixture] => [id, { file: id, data }]),
      ...fixtures.map(({ file, data }): [string, LoadedFixture] => [data.id, { file, data }]),
    ]),
  };
}
