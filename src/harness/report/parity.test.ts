import { describe, expect, it } from "vitest";
import { caseResult, departing, failing, outcomeOf } from "../../../test/support/outcomes.ts";
import type { RecordingFile } from "../learn/recording.ts";
import { renderParity } from "./parity.ts";

const recording = (scenario: string, selfParity = "3/3"): RecordingFile => ({
  format: "lockstep-recording/1",
  scenario,
  digest: "d",
  oracle: { name: "openclaw", version: "2026.2.17", protocol: 3, node: "v20.20.2" },
  recorded: { at: "2026-02-18T08:00:00.000Z", tool: "t", runs: 5, varied: ["port", "TZ"], selfParity },
  cases: {},
});

const recordings = (...ids: string[]) => new Map(ids.map((id) => [id, recording(id)]));

describe("renderParity", () => {
  it("tells of each method how far the recordings and the gateway reach", async () => {
    const plain = caseResult({ id: "health/plain", covers: ["health", "tick"] });
    const page = renderParity({
      outcome: outcomeOf([plain, failing, departing]),
      recordings: recordings("health/plain", failing.scenario, departing.scenario),
    });
    await expect(page).toMatchFileSnapshot("../../../test/golden/parity.md");
  });

  it("says when nothing is recorded", () => {
    const open = caseResult({
      id: "health/plain",
      covers: ["health"],
      status: "incomplete",
      reached: "none",
    });
    const page = renderParity({ outcome: outcomeOf([open]), recordings: new Map() });
    expect(page).toContain("1 scenario not recorded yet");
    expect(page).toContain("| `health` | 1 | 1 | - | - | - | - | 0 |");
    expect(page).toContain("Nothing is recorded.");
  });

  it("does not tell when it was made: the same findings give the same page", () => {
    const outcome = outcomeOf([failing]);
    const later = { ...outcome, startedAt: "2027-01-01T00:00:00.000Z", durationMs: 99, tool: "lockstep 9" };
    const known = recordings(failing.scenario);
    expect(renderParity({ outcome: later, recordings: known })).toBe(
      renderParity({ outcome, recordings: known }),
    );
  });
});
