import type { StartingState } from "../target/types.ts";
import { isObject, mergeJson } from "./json.ts";
import { createResolver } from "./resolver.ts";
import type { TemplateScope } from "./resolver.ts";
import type { FixtureFile, ScenarioFile } from "./schema.ts";
import { fixturesOf } from "./suite.ts";
import type { Suite } from "./suite.ts";
import { ABSENT, render } from "./template.ts";

/** What every starting state's openclaw.json holds before fixtures and scenario say more. */
const BASE_CONFIG = { gateway: { mode: "local" } };

type Transcript = NonNullable<FixtureFile["transcripts"]>[string];
type Store = NonNullable<FixtureFile["stores"]>[string];

function renderLine(line: unknown, scope: TemplateScope): string[] {
  const rendered = render(line, createResolver(scope));
  if (rendered === ABSENT) return [];
  return [typeof rendered === "string" ? rendered : JSON.stringify(rendered)];
}

function renderTranscript(lines: Transcript, scope: TemplateScope): string {
  return lines
    .flatMap((line) => {
      // A transcript line that has a member `repeat` without `lines` is a line like any other.
      if (typeof line !== "object" || !("repeat" in line) || !Array.isArray(line["lines"])) {
        return renderLine(line, scope);
      }
      const inner: readonly unknown[] = line["lines"];
      return Array.from({ length: Number(line["repeat"]) }, (_, i) =>
        inner.flatMap((one) => renderLine(one, { ...scope, i })),
      ).flat();
    })
    .map((line) => `${line}\n`)
    .join("");
}

function mergeStores(fixtures: readonly FixtureFile[]): Map<string, Store> {
  const stores = new Map<string, Store>();
  for (const { stores: more } of fixtures) {
    for (const [agent, store] of Object.entries(more ?? {})) {
      stores.set(agent, mergeJson(stores.get(agent), store) as Store);
    }
  }
  return stores;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

function filesFrom(fixtures: readonly FixtureFile[], scope: TemplateScope): Map<string, string> {
  const resolve = createResolver(scope);
  const files = new Map<string, string>();
  for (const [agent, store] of mergeStores(fixtures)) {
    files.set(`agents/${agent}/sessions/sessions.json`, textOf(render(store, resolve)));
  }
  for (const fixture of fixtures) {
    for (const [name, lines] of Object.entries(fixture.transcripts ?? {})) {
      const slash = name.indexOf("/");
      const [agent, file] = slash < 0 ? ["main", name] : [name.slice(0, slash), name.slice(slash + 1)];
      const path = String(render(`agents/${agent}/sessions/${file}.jsonl`, resolve));
      files.set(path, renderTranscript(lines, scope));
    }
    for (const [path, content] of Object.entries(fixture.files ?? {})) {
      const rendered = render("json" in content ? content.json : content.text, resolve);
      if (rendered === ABSENT) continue;
      files.set(
        String(render(path, resolve)),
        "json" in content ? JSON.stringify(rendered, null, 2) : textOf(rendered),
      );
    }
  }
  return files;
}

/**
 * The state a target is launched from: base config, then fixtures in order, then the scenario's own config (objects
 * merge, arrays and everything else replace); stores and transcripts in upstream's layout (upstream-2026.2.17
 * section 5.1).
 * @param scope templates' values; without a `place`, `{{token}}`, `{{state}}` and `{{port}}` stay in the texts for the
 * target to fill in.
 * @throws TemplateError when a template has no value here; RangeError for an unknown fixture.
 */
export function startingState(
  scenario: ScenarioFile,
  suite: Pick<Suite, "fixtures">,
  scope: TemplateScope,
): StartingState {
  const fixtures = fixturesOf(scenario, suite);
  const resolve = createResolver({ ...scope, let: scenario.let ?? {} });
  const config = [...fixtures.map((fixture) => fixture.config), scenario.config].reduce<unknown>(
    (merged, more) => (more === undefined ? merged : mergeJson(merged, more)),
    BASE_CONFIG,
  );
  const rendered = render(config, resolve);
  const env = render(scenario.env ?? {}, resolve);
  return {
    config: isObject(rendered) ? rendered : {},
    files: filesFrom(fixtures, scope),
    env: Object.fromEntries(
      Object.entries(isObject(env) ? env : {}).map(([name, value]) => [name, textOf(value)]),
    ),
  };
}
