import type { Capture, RunFailure } from "../../src/harness/run/capture.ts";
import { runCases } from "../../src/harness/run/run-cases.ts";
import type { RunOptions } from "../../src/harness/run/types.ts";
import { expandCases } from "../../src/harness/scenario/index.ts";
import type { FixtureFile, ScenarioFile, Suite } from "../../src/harness/scenario/index.ts";
import { helloFrame } from "./scripted-server.ts";
import type { Script } from "./scripted-server.ts";
import { scriptedTarget } from "./scripted-target.ts";

/** What the server says back to any request but connect; `undefined` says nothing. */
export type Answer = (method: string, params: Record<string, unknown>) => Record<string, unknown> | undefined;

/** A server that says hello-ok to every connect and answers what it is told to. */
export function answering(answer: Answer, more: Script = {}): () => Script {
  return () => ({
    onRequest: (peer, { id, method, params }) => {
      if (method === "connect") {
        peer.say(helloFrame(id, { deviceToken: `device-token-${peer.nonce}` }));
        return;
      }
      const members = answer(method, params);
      if (members !== undefined) peer.say({ type: "res", id, ok: true, ...members });
    },
    ...more,
  });
}

/** A server that answers with the params. */
export const echo = answering((_method, params) => ({ payload: params }));

/** A suite of one scenario. */
export function suiteOf(scenario: Partial<ScenarioFile>, fixtures: FixtureFile[] = []): Suite {
  const data: ScenarioFile = {
    id: "a/b",
    title: "A title that is long enough",
    why: "A reason that is long enough",
    covers: ["health"],
    steps: [],
    ...scenario,
  };
  return {
    root: "",
    scenarios: new Map([[data.id, { file: "", data }]]),
    fixtures: new Map(fixtures.map((fixture) => [fixture.id, { file: "", data: fixture }])),
  };
}

interface RunScenarioOptions extends Pick<RunOptions, "expected" | "timeoutMs"> {
  readonly fixtures?: FixtureFile[];
  readonly launches?: boolean;
}

/** The capture of one run of a scenario on a scripted server. */
export async function run(
  scenario: Partial<ScenarioFile>,
  script: Parameters<typeof scriptedTarget>[0] = echo,
  options: RunScenarioOptions = {},
): Promise<Capture> {
  const result = await attempt(scenario, script, options);
  if ("kind" in result) throw new Error(`${result.kind}: ${result.reason}`);
  return result;
}

/** The same, or why there is none. */
export async function attempt(
  scenario: Partial<ScenarioFile>,
  script: Parameters<typeof scriptedTarget>[0] = echo,
  options: RunScenarioOptions = {},
): Promise<Capture | RunFailure> {
  const suite = suiteOf(scenario, options.fixtures);
  const target = scriptedTarget(script, options.launches === undefined ? {} : { launches: options.launches });
  const cases = [...suite.scenarios.values()].flatMap(({ data }) => expandCases(data));
  for await (const { result } of runCases({
    target,
    suite,
    cases,
    concurrency: 1,
    timeoutMs: options.timeoutMs ?? 5_000,
    ...(options.expected === undefined ? {} : { expected: options.expected }),
  })) {
    return result.ok ? result.capture : result.failure;
  }
  throw new Error("no case");
}
