import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readEvidence } from "../../src/harness/gate/evidence.ts";
import { compareReport } from "../../src/harness/live/index.ts";
import { replayReport } from "../../src/harness/replay/index.ts";
import { startModelStub, MODEL_FIXTURES, type ModelStub } from "../../src/harness/model/index.ts";
import { readCapture, startTap } from "../../src/harness/tap/index.ts";
import type { RunningTarget } from "../../src/harness/target/index.ts";
import { connectTo, createDevice, eventNamed, sendRequest } from "../../src/wire/index.ts";
import { lockstep, Running } from "../support/command.ts";
import { referenceTarget } from "../support/reference.ts";
import { startTamperingProxy } from "../support/tampering-proxy.ts";

const KEY = "agent:main:captured";
let folder: string;
let capture: string;
let again: string;
let gateway: RunningTarget;
let model: ModelStub;

/** A client that writes, waits for an agent, hands back an id that it got, and is refused once. */
async function beClient(url: string, token: string): Promise<void> {
  const device = createDevice();
  const client = { id: "cli", version: "1.0.0", platform: "test", mode: "cli" } as const;
  const options = { client, device, token, scopes: ["operator.admin"] };
  const { connection, result } = await connectTo({ url }, options);
  expect(result.ok).toBe(true);
  let asked = 0;
  const ask = async (method: string, params: object) => {
    asked += 1;
    const answer = await sendRequest(connection, { id: `${device.id.slice(0, 8)}-${asked}`, method, params });
    if (!answer.answered) throw new Error(`${method} was not answered`);
    return answer.frame["payload"] as Record<string, unknown>;
  };
  const { entry } = await ask("sessions.patch", { key: KEY, label: "mine" });
  await ask("sessions.list", {});
  const { sessionId } = entry as { sessionId: string };
  await ask("sessions.resolve", { sessionId });
  await ask("chat.send", { sessionKey: KEY, message: "hello", idempotencyKey: crypto.randomUUID() });
  let state: unknown;
  while (state !== "final") {
    const event = await connection.next(eventNamed("chat"), 10_000);
    state = (event?.value as { payload: { state: string } } | undefined)?.payload.state ?? "final";
  }
  await ask("chat.history", { sessionKey: KEY });
  await ask("sessions.patch", { key: KEY, thinkingLevel: "plenty" });
  await connection.close();
  const refused = await connectTo({ url }, { ...options, token: "not-that-token" });
  expect(refused.result.ok).toBe(false);
}

async function record(out: string): Promise<void> {
  const fixture = MODEL_FIXTURES.get("model:echo")?.config ?? {};
  const text = JSON.stringify(fixture).replaceAll("{{model}}", model.baseUrl);
  const config = JSON.parse(text) as Record<string, unknown>;
  gateway = await referenceTarget().launch({ config, files: new Map(), env: {} }, {});
  const tap = await startTap({
    upstream: new URL(gateway.url),
    host: "127.0.0.1",
    port: 0,
    out,
    tool: "test",
  });
  await beClient(tap.url, gateway.token);
  await tap.close();
  await gateway.dispose();
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lockstep-replay-"));
  model = await startModelStub();
  capture = join(folder, "capture.ndjson");
  again = join(folder, "again.ndjson");
  await record(capture);
  await record(again);
});
afterAll(async () => {
  await model.close();
  await rm(folder, { recursive: true, force: true });
});

const replay = (target: string, ...more: string[]) =>
  lockstep([
    "replay",
    target,
    capture,
    "--given",
    "model:echo",
    "--json",
    join(folder, "replay.json"),
    ...more,
  ]);
const found = async () =>
  replayReport.parse(JSON.parse(await readFile(join(folder, "replay.json"), "utf8"))).findings;

describe("lockstep replay", () => {
  it("holds no secret in a capture, and equal secrets stay equal", async () => {
    const text = await readFile(capture, "utf8");
    expect(text).not.toContain(gateway.token);
    expect(text).not.toContain("not-that-token");
    const { lines, complete } = await readCapture(capture, "capture");
    expect(complete).toBe(true);
    const tokens = lines.flatMap((line) => {
      if (line.line !== "message" || line.from !== "client") return [];
      const { method, params } = line.json as { method: string; params: { auth?: { token: string } } };
      return method === "connect" ? [params.auth?.token] : [];
    });
    expect(new Set(tokens).size).toBe(2);
    expect(tokens.every((token) => /^<secret:\d+>$/.test(token ?? ""))).toBe(true);
  });

  it("agrees with the gateway it was captured from, writes, agents and refusals included", async () => {
    const { exitCode, stdout } = await replay("reference");
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: expect.stringMatching(/: 10 of 10 steps agree at exact/) as string,
    });
  });

  it("agrees when two captures are taken together", async () => {
    const { exitCode, stdout } = await replay("reference", "--against", again);
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 0 });
  });

  it.each([
    ["another text", "sessions.patch", { label: "yours" }, "value"],
    ["an id that is not the one it gave", "sessions.list", { sessionId: crypto.randomUUID() }, "binding"],
    ["a number for a text", "sessions.list", { label: 7 }, "type"],
  ])("finds %s", async (_, of, change, kind) => {
    const live = await referenceTarget().launch({ config: {}, files: new Map(), env: {} }, {});
    const proxy = await startTamperingProxy(live.url, {
      frame: (frame, { method }) => {
        if (method !== of || frame.payload === undefined) return [frame];
        const { entry, sessions } = frame.payload as { entry?: object; sessions?: object[] };
        const payload =
          entry === undefined
            ? { ...frame.payload, sessions: sessions?.map((one) => ({ ...one, ...change })) }
            : { ...frame.payload, entry: { ...entry, ...change } };
        return [{ ...frame, payload }];
      },
    });
    const { exitCode } = await lockstep(
      [
        "replay",
        proxy.url,
        capture,
        "--allow-writes",
        "--timeout",
        "2s",
        "--json",
        join(folder, "replay.json"),
      ],
      { LOCKSTEP_TOKEN: live.token },
    );
    await proxy.close();
    await live.dispose();
    expect(exitCode).toBe(1);
    expect(await found()).toContainEqual(expect.objectContaining({ method: of, kind }));
  });

  it("sends a running endpoint nothing that changes it", async () => {
    const live = await referenceTarget().launch({ config: {}, files: new Map(), env: {} }, {});
    const { stdout } = await lockstep(["replay", live.url, capture], { LOCKSTEP_TOKEN: live.token });
    expect(stdout).toContain("Not sent, since they change things: sessions.patch (2), chat.send (1)");
    const { connection } = await connectTo(
      { url: live.url },
      {
        client: { id: "test", version: "1", platform: "test", mode: "test" },
        device: createDevice(),
        token: live.token,
        scopes: ["operator.admin"],
      },
    );
    const list = await sendRequest(connection, { id: "1", method: "sessions.list", params: {} });
    expect(list).toMatchObject({ frame: { payload: { count: 0 } } });
    await connection.close();
    await live.dispose();
  });

  it("says that a target is not there, and that a file is no capture", async () => {
    const gone = await lockstep(["replay", "ws://127.0.0.1:9", capture, "--ready-timeout", "200ms"]);
    expect(gone.exitCode).toBe(3);
    const wrong = join(folder, "wrong.ndjson");
    await writeFile(wrong, "{}\n");
    const { exitCode, stderr } = await lockstep(["replay", "reference", wrong]);
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("CAPTURE_INVALID"),
    });
  });
});

describe("lockstep tap", () => {
  it("ends with a footer at Ctrl-C", async () => {
    const out = join(folder, "ended.ndjson");
    const tap = new Running(["tap", "--upstream", "ws://127.0.0.1:9", "--out", out]);
    await tap.printed("listening on ws://127.0.0.1:");
    tap.child.kill("SIGINT");
    expect((await tap.ended).exitCode).toBe(0);
    expect((await readCapture(out, "ended")).complete).toBe(true);
  });

  it("drafts a scenario that check takes, says is a draft", async () => {
    const suite = join(folder, "suite");
    await mkdir(join(suite, "conformance/scenarios/captured"), { recursive: true });
    await mkdir(join(suite, "fixtures"));
    const file = join(suite, "conformance/scenarios/captured/mine.yaml");
    const drafted = await lockstep(["tap", "draft", capture, "--out", file, "--id", "captured/mine"]);
    expect(drafted).toMatchObject({ exitCode: 0 });
    const text = await readFile(file, "utf8");
    expect(text).not.toContain(KEY);
    expect(text).toContain("{{key:a}}");
    expect(text).toContain("session-id: /payload/entry/sessionId");
    expect(text).toContain('sessionId: "{{bind.session-id}}"');
    const { exitCode, stdout } = await lockstep(["check", "--suite", suite]);
    expect({ exitCode, stdout }).toMatchObject({
      exitCode: 4,
      stdout: expect.stringContaining("draft: captured/mine still says TODO") as string,
    });
  });
});

describe("lockstep compare", () => {
  const targets = (candidate: string) => [
    "--primary",
    "reference",
    "--secondary",
    "reference",
    "--candidate",
    candidate,
  ];

  it("finds no difference between equals, and tells what was noise", async () => {
    const json = join(folder, "compare.json");
    const markdown = join(folder, "compare.md");
    const args = [
      "compare",
      ...targets("reference"),
      "--capture",
      capture,
      "--repeat",
      "3",
      "--rate",
      "1000",
    ];
    const { exitCode, stdout } = await lockstep([
      ...args,
      "--json",
      json,
      "--markdown",
      markdown,
      "--build",
      "abc",
    ]);
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 0 });
    const text = await readFile(json, "utf8");
    const report = compareReport.parse(JSON.parse(text));
    expect(report.notSent).toEqual({ "sessions.patch": 2, "chat.send": 1 });
    const list = report.methods.find(({ method }) => method === "sessions.list");
    expect(list).toMatchObject({ calls: 9, differences: 0 });
    expect(await readFile(markdown, "utf8")).toContain("| sessions.list | 9 | 0 |");
    // The gate reads it as evidence of this build.
    expect(readEvidence({ file: "compare.json", sha256: "", text }).evidence).toMatchObject({
      kind: "liveCompare",
      candidate: "abc",
      target: "reference",
      methods: expect.arrayContaining([
        expect.objectContaining({ method: "sessions.list", calls: 9, differences: 0 }),
      ]) as unknown,
    });
  });

  it("finds what one gateway does otherwise, however rarely", async () => {
    const live = await referenceTarget().launch({ config: {}, files: new Map(), env: {} }, {});
    const proxy = await startTamperingProxy(live.url, {
      frame: (frame, { method, nth }) =>
        method === "sessions.list" && nth === 37
          ? [{ ...frame, payload: { ...frame.payload, count: 1 } }]
          : [frame],
    });
    const { exitCode, stdout } = await lockstep(
      ["compare", "sessions.list/**", ...targets(proxy.url), "--repeat", "3", "--rate", "5000"],
      { LOCKSTEP_CANDIDATE_TOKEN: live.token },
    );
    await proxy.close();
    await live.dispose();
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/\/payload\/count {2}value {2}1 of \d+ \(noise 0\)/);
  });

  it("says that one of them is not there", async () => {
    const { exitCode } = await lockstep([
      "compare",
      ...targets("ws://127.0.0.1:9"),
      "--capture",
      capture,
      "--ready-timeout",
      "200ms",
    ]);
    expect(exitCode).toBe(3);
  });
});
