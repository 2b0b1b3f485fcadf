import type { FixtureFile } from "../scenario/schema.ts";
import { MODEL_SCRIPT_NAMES, type ModelScriptName } from "./scripts.ts";

/** Prices in US dollars per million tokens, and sizes in tokens; every scripted model has the same. */
const MODEL = {
  reasoning: false,
  input: ["text"],
  cost: { input: 1, output: 2, cacheRead: 0.1, cacheWrite: 0.5 },
  contextWindow: 128_000,
  maxTokens: 4096,
};

/** Scripts for one purpose; they are served where a scenario asks for them, and everywhere else there is one model less. */
const SPECIAL: ReadonlySet<ModelScriptName> = new Set(["heartbeat-ok", "heartbeat-note"]);

function modelFixture(script: ModelScriptName): FixtureFile {
  return {
    id: script,
    title: `Agents run on the scripted model ${script}; the others can be chosen by name`,
    config: {
      models: {
        mode: "replace",
        providers: {
          stub: {
            baseUrl: "{{model}}",
            apiKey: "sk-scripted",
            api: "openai-completions",
            models: MODEL_SCRIPT_NAMES.filter((id) => id === script || !SPECIAL.has(id)).map((id) => ({
              id,
              name: `Scripted ${id}`,
              ...MODEL,
            })),
          },
        },
      },
      agents: {
        defaults: { model: { primary: `stub/${script}` }, skipBootstrap: true, userTimezone: "UTC" },
      },
    },
  };
}

/** What `given: model:NAME` stands for: a configuration that points agents at the scripted model. By full name. */
export const MODEL_FIXTURES: ReadonlyMap<string, FixtureFile> = new Map(
  MODEL_SCRIPT_NAMES.map((script) => [`model:${script}`, modelFixture(script)]),
);

/** Whether a fixture of that name needs the scripted model to run. */
export const isModelFixture = (name: string): boolean => MODEL_FIXTURES.has(name);
