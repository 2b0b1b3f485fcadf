import { mkdtempSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { learn } from "../../src/harness/learn/learn.ts";
import { exclusionsOf } from "../../src/harness/record/recorder.ts";
import type { RecordingFile } from "../../src/harness/learn/recording.ts";
import type { Capture } from "../../src/harness/run/index.ts";
import { runCases } from "../../src/harness/run/index.ts";
import { fixturesOf, loadSuite, planCases, scenarioDigest } from "../../src/harness/scenario/index.ts";
import { referenceTarget } from "./reference.ts";

/** Writes a file below a folder, making what is missing. */
export function put(root: string, path: string, text: string): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** A fresh folder with these scenarios, `<area>/<behaviour>` -> YAML below the id. */
export function makeSuite(scenarios: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "lockstep-suite-"));
  for (const [id, body] of Object.entries(scenarios)) {
    put(root, `conformance/scenarios/${id}.yaml`, `id: ${id}\n${body}`);
  }
  return root;
}

const recordingPath = (id: string): string => `recordings/openclaw-2026.2.17/${id}.json`;

/** Makes a recording pass for one of the scenario as it is now, where only how long it waits was changed. */
export async function adoptDigest(root: string, id: string): Promise<void> {
  const suite = await loadSuite(root);
  const scenario = suite.scenarios.get(id)?.data;
  if (scenario === undefined) throw new Error(`no scenario ${id}`);
  const recording = JSON.parse(readFileSync(join(root, recordingPath(id)), "utf8")) as RecordingFile;
  const digest = scenarioDigest(scenario, fixturesOf(scenario, suite));
  put(root, recordingPath(id), JSON.stringify({ ...recording, digest }));
}

/**
 * Records a suite from the bundled gateway, so that the command line can be tried without the oracle.
 * @param change last word on each recording before it is written.
 */
export async function recordFromReference(
  root: string,
  change: (recording: RecordingFile) => RecordingFile = (recording) => recording,
): Promise<void> {
  const suite = await loadSuite(root);
  const captures = new Map<string, Capture[]>();
  const cases = planCases(suite);
  for (let run = 0; run < 3; run += 1) {
    const running = runCases({ target: referenceTarget(), suite, cases, concurrency: 4, jitterMs: 3 });
    for await (const { planned, result } of running) {
      if (!result.ok) throw new Error(`${planned.id}: ${result.failure.reason}`);
      captures.set(planned.id, [...(captures.get(planned.id) ?? []), result.capture]);
    }
  }
  for (const [id, { data }] of suite.scenarios) {
    const recorded = cases
      .filter(({ scenario }) => scenario === id)
      .map((planned) => {
        const learned = learn(captures.get(planned.id) ?? [], { exclusions: exclusionsOf(planned, suite) });
        if (!learned.ok) throw new Error(`${planned.id}: ${JSON.stringify(learned.unstable)}`);
        return [planned.case, learned.recorded] as const;
      });
    const recording = change({
      format: "lockstep-recording/1",
      scenario: id,
      digest: scenarioDigest(data, fixturesOf(data, suite)),
      oracle: { name: "openclaw", version: "2026.2.17", protocol: 3, node: "v20.20.2" },
      recorded: { at: "2026-02-18T08:00:00.000Z", tool: "test", runs: 3, varied: [], selfParity: "3/3" },
      cases: Object.fromEntries(recorded),
    });
    put(root, recordingPath(id), `${JSON.stringify(recording, null, 2)}\n`);
  }
}
