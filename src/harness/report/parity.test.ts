import { describe, expect, it } from "vitest";
import { caseResult, departing, failing, outcomeOf } from "../../../test/support/outcomes.ts";
import { sound } from "../../../test/support/ledgers.ts";
import { madeRecording } from "../../../test/support/made-recordings.ts";
import type { RecordingFile } from "../learn/recording.ts";
import type { Outcome } from "../outcome.ts";
import { renderParity } from "./parity.ts";

const recordings = (...ids: string[]) => new Map(ids.map((id) => [id, madeRecording(id)]));

const render = (outcome: Outcome, known: ReadonlyMap<string, RecordingFile>): string =>
  renderParity({ outcome, recordings: known, coverage: sound });

describe("renderParity", () => {
  it("tells of each method how far the recordings and the gateway reach", async () => {
    const plain = caseResult({ id: "health/plain", covers: ["health", "tick"] });
    const page = render(
      outcomeOf([plain, failing, departing]),
      recordings("health/plain", failing.scenario, departing.scenario),
    );
    await expect(page).toMatchFileSnapshot("../../../test/golden/parity.md");
  });

  it("says when nothing is recorded", () => {
    const open = caseResult({
      id: "health/plain",
      covers: ["health"],
      status: "incomplete",
      reached: "none",
    });
    const page = render(outcomeOf([open]), new Map());
    expect(page).toContain("1 scenario not recorded yet");
    expect(page).toContain("| `health` | 1 | 1 | - | - | - | - | 0 |");
    expect(page).toContain("Nothing is recorded.");
  });

  it("does not tell when it was made: the same findings give the same page", () => {
    const outcome = outcomeOf([failing]);
    const later = { ...outcome, startedAt: "2027-01-01T00:00:00.000Z", durationMs: 99, tool: "lockstep 9" };
    const known = recordings(failing.scenario);
    expect(render(later, known)).toBe(render(outcome, known));
  });
});
