import { describe, expect, it } from "vitest";
import { suiteOf } from "../../../test/support/made-suite.ts";
import { helloFrame, type Request } from "../../../test/support/scripted-server.ts";
import { scriptedTarget, type ScriptedTarget } from "../../../test/support/scripted-target.ts";
import { createLauncher } from "../replay/index.ts";
import { compareLive, type CompareLiveOptions } from "./compare-live.ts";
import { compareReport, type CompareReport } from "./report.ts";

/** What a gateway answers with: a payload, or nothing. */
type Answers = (request: Request, nth: number) => unknown;

interface Gateway extends ScriptedTarget {
  /** Methods it was asked, in order. */
  readonly asked: string[];
}

function gateway(name: string, answers: Answers): Gateway {
  const asked: string[] = [];
  const target = scriptedTarget(() => ({
    onRequest: (peer, request) => {
      const { id, method } = request;
      if (method === "connect") return peer.say(helloFrame(id));
      asked.push(method);
      const payload = answers(request, asked.length);
      if (payload !== undefined) peer.say({ type: "res", id, ok: true, payload });
    },
  }));
  return { ...target, name, asked };
}

const same: Answers = ({ method, params }) => ({ method, params: params ?? null });
const ask = (method: string, params?: unknown) => ({ method, ...(params === undefined ? {} : { params }) });
const EVER = new AbortController().signal;

async function compared(
  [primary, secondary, candidate]: readonly [Gateway, Gateway, Gateway],
  more: Partial<CompareLiveOptions> = {},
): Promise<CompareReport> {
  const report = await compareLive({
    primary,
    secondary,
    candidate,
    launcher: await createLauncher({ given: [] }, suiteOf({})),
    given: [],
    skip: [],
    source: "a test",
    sessions: 0,
    repeat: 1,
    rate: 10_000,
    timeoutMs: 5_000,
    tool: "lockstep 0",
    now: new Date("2026-02-17T08:00:00.000Z"),
    signal: EVER,
    ...more,
  });
  for (const { instances } of [primary, secondary, candidate]) {
    expect(instances.every(({ disposed }) => disposed)).toBe(true);
  }
  expect(compareReport.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  return report;
}

const three = (secondary: Answers, candidate: Answers): [Gateway, Gateway, Gateway] => [
  gateway("old-1", same),
  gateway("old-2", secondary),
  gateway("new", candidate),
];

/** Every field that was judged: pointer -> how. */
const judged = ({ methods }: CompareReport) =>
  Object.fromEntries(
    methods.flatMap(({ paths }) =>
      paths.filter(({ kind }) => kind !== "contract").map(({ path, judged: how }) => [path, how]),
    ),
  );

describe("compareLive", () => {
  it("asks all three the same, in order and so often, and nothing but reads", async () => {
    const gateways = three(same, same);
    const progress: string[] = [];
    const report = await compared(gateways, {
      given: [ask("status"), ask("sessions.patch", { key: "main" }), ask("health"), ask("models.list")],
      skip: ["models.list"],
      repeat: 2,
      build: "abc",
      onProgress: (done, all) => progress.push(`${done}/${all}`),
    });
    for (const { asked } of gateways) expect(asked).toEqual(["status", "health", "status", "health"]);
    expect(progress).toEqual(["1/4", "2/4", "3/4", "4/4"]);
    expect(report).toMatchObject({
      target: "new",
      candidate: "abc",
      primary: "old-1",
      secondary: "old-2",
      source: "a test",
      repeat: 2,
      at: "2026-02-17T08:00:00.000Z",
      unanswered: 0,
      interrupted: false,
      methods: [
        { method: "health", calls: 2, differences: 0, paths: [] },
        { method: "status", calls: 2, differences: 0, paths: [] },
      ],
      notSent: { "sessions.patch": 1, "models.list": 1 },
      exitCode: 0,
    });
  });

  it("tells what the candidate alone does from what two of one build do as well", async () => {
    const noisy: Answers = (request) => ({ ...(same(request, 0) as object), noise: Math.random() });
    const report = await compared(
      [
        gateway("old-1", noisy),
        gateway("old-2", noisy),
        gateway("new", (request) => ({ ...(noisy(request, 0) as object), method: "mine" })),
      ],
      { given: [ask("status")] },
    );
    expect(judged(report)).toEqual({ "/payload/method": "difference", "/payload/noise": "noise" });
    expect(report.exitCode).toBe(1);
  });

  it("holds an answer that does not come against the candidate, and against nobody else", async () => {
    const mute: Answers = (request) => (request.method === "health" ? undefined : same(request, 0));
    const missing = await compared(three(same, mute), { given: [ask("health")], timeoutMs: 200 });
    expect(missing).toMatchObject({
      exitCode: 1,
      unanswered: 0,
      methods: [{ method: "health", paths: [{ path: "", kind: "timeout", judged: "difference" }] }],
    });
    const given = [ask("health"), ask("status")];
    const unknown = await compared(three(mute, same), { given, timeoutMs: 200 });
    expect(unknown).toMatchObject({ exitCode: 0, unanswered: 1, methods: [{ method: "status", calls: 1 }] });
  });

  it("asks about the primary's sessions one by one, so many of them", async () => {
    const rows = ["a", "b", "c"].map((key) => ({ key }));
    const list: Answers = (request) =>
      request.method === "sessions.list" ? { sessions: rows } : same(request, 0);
    const asked = async (sessions: number) => {
      const gateways: [Gateway, Gateway, Gateway] = [
        gateway("old-1", list),
        gateway("old-2", list),
        gateway("new", list),
      ];
      const report = await compared(gateways, { sessions });
      expect(report.exitCode).toBe(sessions === 0 ? 3 : 0);
      return gateways.map(({ asked: methods }) => methods.filter((one) => one === "sessions.usage").length);
    };
    expect(await asked(2)).toEqual([2, 2, 2]);
    expect(await asked(0)).toEqual([0, 0, 0]);
  });

  it("tells where the candidate alone breaks the contract", async () => {
    const off =
      (payload: object): Answers =>
      () =>
        payload;
    const broken = await compared(three(same, same), { given: [ask("health")] });
    expect(broken.methods[0]?.paths).toEqual([]);
    const own = await compared(
      [gateway("old-1", off({ ts: 1 })), gateway("old-2", off({ ts: 1 })), gateway("new", off({ ts: "1" }))],
      { given: [ask("health")] },
    );
    expect(own.methods[0]?.paths).toContainEqual(
      expect.objectContaining({ path: "/payload/ts", kind: "contract", judged: "difference", raw: 1 }),
    );
  });

  it("writes no token down", async () => {
    const leaky: Answers = () => ({ says: "scripted-token" });
    const report = await compared(three(same, leaky), { given: [ask("status")] });
    expect(report.exitCode).toBe(1);
    expect(JSON.stringify(report)).toContain("<secret:1>");
    expect(JSON.stringify(report)).not.toContain("scripted-token");
  });

  it("stops where it is when interrupted: what differed by then differs, and nothing is not equal", async () => {
    const given = Array.from({ length: 5 }, () => ask("status"));
    const stopAfter = async (most: number, candidate: Answers) => {
      const abort = new AbortController();
      if (most === 0) abort.abort();
      const gateways = three(same, candidate);
      const report = await compared(gateways, {
        given,
        signal: abort.signal,
        onProgress: (done) => {
          if (done === most) abort.abort();
        },
      });
      expect(report.interrupted).toBe(true);
      for (const { asked } of gateways) expect(asked).toHaveLength(most);
      return report.exitCode;
    };
    expect(await stopAfter(0, same)).toBe(3);
    expect(await stopAfter(2, same)).toBe(3);
    expect(await stopAfter(2, () => ({}))).toBe(1);
  });

  it("clears away what it launched when one of them is not there", async () => {
    const candidate = scriptedTarget(() => ({}), {
      failLaunch: () => new Error("it does not start"),
    });
    const gateways = [gateway("old-1", same), gateway("old-2", same)] as const;
    await expect(compared([...gateways, { ...candidate, asked: [] }])).rejects.toThrow("it does not start");
    for (const { instances } of gateways) expect(instances).toMatchObject([{ disposed: true }]);
  });
});
