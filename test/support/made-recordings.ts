import type { RecordedStep, RecordingFile } from "../../src/harness/learn/index.ts";

/** A recording of one case, made of steps. */
export const madeRecording = (
  scenario: string,
  steps: readonly Partial<RecordedStep>[] = [],
): RecordingFile => ({
  format: "lockstep-recording/1",
  scenario,
  digest: "d",
  oracle: { name: "openclaw", version: "2026.2.17", protocol: 3, node: "v20.20.2" },
  recorded: { at: "2026-02-18T08:00:00.000Z", tool: "t", runs: 5, varied: ["port", "TZ"], selfParity: "3/3" },
  cases:
    steps.length === 0
      ? {}
      : {
          "": {
            symbols: {},
            order: [],
            steps: steps.map((step) => ({ kind: "call", received: [], ...step })),
          },
        },
});

export const req = (method: string, params?: unknown, id: unknown = "1") => ({
  type: "req",
  id,
  method,
  ...(params === undefined ? {} : { params }),
});
export const res = (payload: unknown, id: unknown = "1") => ({ type: "res", id, ok: true, payload });
export const refused = (message: unknown, id: unknown = "1") => ({
  type: "res",
  id,
  ok: false,
  error: { code: "INVALID_REQUEST", message },
});
