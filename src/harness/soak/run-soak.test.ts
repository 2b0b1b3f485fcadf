import { describe, expect, it } from "vitest";
import type { RunningTarget, Target } from "../target/index.ts";
import { runSoak } from "./run-soak.ts";
import { soakSize, USUAL_SOAK } from "./size.ts";

/** A target whose process is not there to be measured, and what was done with it. */
function soakedBy(change: Partial<RunningTarget>, launch?: Target["launch"]) {
  const done: string[] = [];
  const instance: RunningTarget = {
    url: "ws://127.0.0.1:1",
    token: "",
    port: 1,
    clockOffsetMs: 0,
    exited: () => undefined,
    logTail: () => ["panic"],
    stop: () => Promise.resolve(),
    kill: () => Promise.resolve(),
    start: () => Promise.resolve(),
    dispose: () => Promise.resolve(void done.push("disposed")),
    ...change,
  };
  const target: Target = {
    kind: "cmd",
    name: "cmd:x",
    launches: true,
    reseeds: false,
    parallel: 1,
    launch:
      launch ??
      (async (_state, { beforeSpawn }) => {
        const place = { url: instance.url, token: "", stateDir: "/state" };
        // As when the first port was taken meanwhile.
        await beforeSpawn?.(place);
        await beforeSpawn?.(place);
        return instance;
      }),
  };
  const stateFor = () => ({ config: {}, files: new Map<string, string>(), env: {} });
  const prepare = (stateDir: string) => Promise.resolve(void done.push(`prepared ${stateDir}`));
  return { done, soaked: { target, stateFor, prepare } };
}

const start = (soaked: ReturnType<typeof soakedBy>["soaked"], signal = new AbortController().signal) =>
  runSoak({ soaked, size: soakSize(USUAL_SOAK), signal, onProgress: () => {} }, { tool: "test" });

describe("runSoak", () => {
  it("refuses to judge what it cannot measure, and disposes of it", async () => {
    const { soaked, done } = soakedBy({ processGroup: () => 999_999_999 });
    await expect(start(soaked)).rejects.toMatchObject({ code: "USAGE", exitCode: 2 });
    expect(done).toEqual(["prepared /state", "disposed"]);
  });

  it("says how a target ended that was gone before it could be measured", async () => {
    const { soaked, done } = soakedBy({ exited: () => ({ code: 7, signal: null }) });
    await expect(start(soaked)).rejects.toMatchObject({
      code: "TARGET_DIED",
      message: "the target cmd:x ended with exit code 7 right after its start",
      hint: expect.stringContaining("panic"),
    });
    expect(done).toContain("disposed");
  });

  it("does not wait for a start once it is interrupted", async () => {
    const interruption = new AbortController();
    const { soaked } = soakedBy({}, () => new Promise(() => {}));
    const running = start(soaked, interruption.signal);
    interruption.abort();
    await expect(running).rejects.toMatchObject({ code: "INTERRUPTED", exitCode: 3 });
    await expect(start(soaked, AbortSignal.abort())).rejects.toMatchObject({ code: "INTERRUPTED" });
  });
});
