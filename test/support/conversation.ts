import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import type { GatewayOptions } from "../../src/gateway/start.ts";
import { type Frame, TestClient, type TestGateway } from "./gateway-client.ts";
import { createProvider, PROVIDER_CONFIG } from "./model-provider.ts";
import { gatewaysPerTest } from "./per-test-gateway.ts";

const TOKEN = { gateway: { auth: { token: "T" } } };

/** Whether a frame is the last of a run's `chat` events. */
export const endsRun = ({ event, payload }: Frame, runId: string): boolean =>
  event === "chat" && payload.runId === runId && payload.state !== "delta";

/** Every line of a transcript but the header is a child of the one before it. */
export function expectOneBranch(lines: readonly Frame[]): void {
  const [header, ...entries] = lines;
  expect(header).toMatchObject({ type: "session", version: 3 });
  const parents = entries.map((entry) => entry["parentId"]);
  expect(parents).toEqual([null, ...entries.slice(0, -1).map((entry) => entry["id"])]);
  expect(new Set(entries.map((entry) => entry["id"])).size).toBe(entries.length);
}

/**
 * A model provider for a file of tests, and for each test a gateway that asks it and a client that may do everything.
 * To be called where hooks may be; `gateway` and `client` are those of the last `start`.
 */
export function createConversation() {
  const provider = createProvider();
  beforeAll(() => provider.start());
  afterAll(() => provider.stop());
  afterEach(() => provider.reset());
  const startGateway = gatewaysPerTest();
  let current: { readonly gateway: TestGateway; readonly client: TestClient } | undefined;
  const now = () => {
    if (current === undefined) throw new Error("no gateway was started");
    return current;
  };

  const join = (extra: Record<string, unknown> = {}): Promise<TestClient> =>
    TestClient.join(now().gateway.url, { scopes: ["operator.admin"], extra });

  /** @param options of the gateway; runs that go on when it stops are ended at once. */
  async function start({ config, runLimits, ...options }: Partial<GatewayOptions> = {}): Promise<void> {
    const gateway = await startGateway({
      config: { ...PROVIDER_CONFIG, ...TOKEN, ...config },
      runLimits: { drainMs: 0, ...runLimits },
      ...options,
    });
    const client = await TestClient.join(gateway.url, { scopes: ["operator.admin"] });
    current = { gateway, client };
  }

  const send = (sessionKey: string, message: string, idempotencyKey: string, more: object = {}) =>
    now().client.request("chat.send", { sessionKey, message, idempotencyKey, ...more });

  /** The payload of a run's last `chat` event, waited for. */
  async function ended(runId: string): Promise<Frame> {
    return (await now().client.find((frame) => endsRun(frame, runId)))["payload"];
  }

  async function history(sessionKey: string): Promise<Frame[]> {
    return (await now().client.request("chat.history", { sessionKey }))["payload"].messages;
  }

  const sessionsDir = (): string => path.join(now().gateway.stateDir, "agents", "main", "sessions");

  async function transcriptOf(sessionKey: string): Promise<Frame[]> {
    const { payload } = await now().client.request("chat.history", { sessionKey });
    const text = await readFile(path.join(sessionsDir(), `${payload.sessionId}.jsonl`), "utf8");
    return text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Frame);
  }

  return {
    provider,
    get client(): TestClient {
      return now().client;
    },
    start,
    join,
    send,
    ended,
    history,
    sessionsDir,
    transcriptOf,
  };
}
