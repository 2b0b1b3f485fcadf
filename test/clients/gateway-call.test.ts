import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { METHODS, type MethodName } from "../../src/contract/index.ts";
import { GATEWAY, startSubject, type Subject } from "./support/gateway.ts";
import { type Openclaw, prepareOpenclaw } from "./support/openclaw.ts";

interface Call {
  readonly params: object;
  readonly flags?: readonly string[];
  /** What the payload holds, besides the form that the contract gives it. */
  readonly holds: unknown;
}

const KEY = "agent:main:clients";
const LABEL = "called by a client";

/** One call of every method, in the order in which they build on each other: a session is made, used and deleted. */
const CALLS: Readonly<Record<MethodName, Call>> = {
  health: { params: {}, holds: { ok: true, defaultAgentId: "main" } },
  status: { params: {}, holds: { sessions: { count: 0 } } },
  "agents.list": { params: {}, holds: { defaultId: "main", agents: [{ id: "main" }] } },
  "agent.identity.get": { params: { agentId: "main" }, holds: { agentId: "main" } },
  "models.list": { params: {}, holds: {} },
  "system-presence": { params: {}, holds: [{ mode: "gateway", reason: "self" }] },
  "node.list": { params: {}, holds: { nodes: [] } },
  "device.pair.list": { params: {}, holds: { pending: [], paired: [{ platform: process.platform }] } },
  "channels.status": { params: { probe: false }, holds: { channels: {} } },
  "cron.status": { params: {}, holds: { jobs: 0 } },
  "cron.list": { params: { includeDisabled: true }, holds: { jobs: [] } },
  "config.get": {
    params: {},
    holds: { exists: true, valid: true, config: { gateway: { bind: "loopback" } } },
  },
  "config.schema": { params: {}, holds: { schema: { type: "object" } } },
  "skills.status": { params: {}, holds: {} },
  "logs.tail": { params: { limit: 5 }, holds: {} },
  "last-heartbeat": { params: {}, holds: null },
  "set-heartbeats": { params: { enabled: true }, holds: { ok: true, enabled: true } },
  wake: { params: { mode: "next-heartbeat", text: "a word for later" }, holds: { ok: true } },
  "sessions.patch": {
    params: { key: KEY, label: LABEL, thinkingLevel: "low" },
    holds: { ok: true, key: KEY, entry: { label: LABEL, thinkingLevel: "low" } },
  },
  agent: {
    params: { message: "count to one", sessionKey: KEY, idempotencyKey: "clients-agent" },
    flags: ["--expect-final"],
    holds: { status: "ok", result: { payloads: [{ text: "You said: count to one." }] } },
  },
  "agent.wait": { params: { runId: "clients-agent" }, holds: { runId: "clients-agent", status: "ok" } },
  "chat.send": {
    params: { sessionKey: KEY, message: "count to two", idempotencyKey: "clients-chat" },
    holds: { runId: "clients-chat", status: "started" },
  },
  "chat.abort": { params: { sessionKey: KEY }, holds: { ok: true, aborted: false, runIds: [] } },
  "chat.inject": { params: { sessionKey: KEY, message: "a note" }, holds: { ok: true } },
  "chat.history": { params: { sessionKey: KEY }, holds: { sessionKey: KEY, thinkingLevel: "low" } },
  "sessions.list": { params: { label: LABEL }, holds: { count: 1, sessions: [{ key: KEY, label: LABEL }] } },
  "sessions.preview": { params: { keys: [KEY] }, holds: { previews: [{ key: KEY, status: "ok" }] } },
  "sessions.resolve": { params: { label: LABEL }, holds: { ok: true, key: KEY } },
  "sessions.usage": { params: { key: KEY }, holds: { sessions: [{ key: KEY }], totals: { output: 20 } } },
  "sessions.usage.timeseries": {
    params: { key: KEY },
    holds: { points: [{ output: 10 }, { output: 10 }, { output: 0 }] },
  },
  "sessions.usage.logs": { params: { key: KEY }, holds: {} },
  "usage.status": { params: {}, holds: { providers: [] } },
  "usage.cost": { params: { days: 7 }, holds: { totals: { output: 20 } } },
  "sessions.history": { params: { key: KEY }, holds: { ok: true, key: KEY } },
  "session.status": { params: { key: KEY }, holds: { ok: true, key: KEY } },
  "sessions.send": { params: { key: KEY, message: "count to three" }, holds: { ok: true } },
  "sessions.compact": {
    params: { key: KEY, maxLines: 2 },
    holds: { ok: true, key: KEY, compacted: true, kept: 2 },
  },
  "sessions.reset": { params: { key: KEY }, holds: { ok: true, key: KEY, entry: { thinkingLevel: "low" } } },
  "sessions.delete": { params: { key: KEY }, holds: { ok: true, key: KEY, deleted: true } },
};

const served = (Object.entries(CALLS) as [MethodName, Call][]).filter(
  ([method]) => GATEWAY === "reference" || METHODS[method].origin === "openclaw",
);

describe("openclaw gateway call", () => {
  let subject: Subject;
  let openclaw: Openclaw;
  beforeAll(async () => {
    subject = await startSubject();
    openclaw = await prepareOpenclaw(subject);
  });
  afterAll(async () => {
    await openclaw.dispose();
    await subject.dispose();
  });

  it.each(served)("%s", async (method, { params, flags = [], holds }) => {
    const payload = await openclaw.call(method, params, ...flags);
    expect(METHODS[method].result.safeParse(payload)).toMatchObject({ success: true });
    expect([payload]).toMatchObject([holds]);
  });
});
