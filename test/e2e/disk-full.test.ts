import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  createDevice,
  startTestGateway,
  TestClient,
  type TestDevice,
  type TestGateway,
} from "../support/gateway-client.ts";

const root = mkdtempSync(join(tmpdir(), "lockstep-disk-"));

/** Why no file system can be mounted here; nothing when one can. */
function whyNotMounted(): string | undefined {
  if (process.platform !== "linux") return "tmpfs is Linux's";
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "lockstep-test", root], { stdio: "pipe" });
    execFileSync("umount", [root], { stdio: "pipe" });
    return undefined;
  } catch (error) {
    return `mount refused: ${String((error as { stderr?: unknown }).stderr ?? error).trim()}`;
  }
}
const obstacle = whyNotMounted();
const remount = (how: string): void =>
  void execFileSync("mount", ["-o", `remount,${how}`, root], { stdio: "pipe" });

beforeAll(() => {
  if (obstacle !== undefined)
    console.info(
      `skipped: no tmpfs of 1 MB (${obstacle}); src/gateway/store/full-disk.test.ts simulates one`,
    );
});
afterAll(() => rmSync(root, { recursive: true, force: true }));
beforeEach(() => {
  if (obstacle === undefined)
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "lockstep-test", root], { stdio: "pipe" });
});
let gateway: TestGateway | undefined;
afterEach(async () => {
  if (obstacle !== undefined) return;
  remount("rw");
  await gateway?.stop();
  gateway = undefined;
  execFileSync("umount", [root]);
});

const filler = join(root, "filler");
/** Takes every byte that is left, as some other program might. */
function fillUp(): void {
  const { bavail, bsize } = statfsSync(root);
  try {
    writeFileSync(filler, Buffer.alloc(bavail * bsize + 4096));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  }
}

describe.skipIf(obstacle !== undefined).each([
  { name: "JSON", store: {}, folder: "agents/main/sessions" },
  { name: "SQLite", store: { store: join(root, "sessions-{agentId}.db") }, folder: "." },
])("a gateway over $name on a disk of 1 MB", ({ name, store, folder }) => {
  const device: TestDevice = createDevice();
  const start = async (): Promise<TestClient> => {
    const logger = pino({ level: "silent" });
    const config = { gateway: { auth: { token: "T" } }, session: store };
    gateway = await startTestGateway({ stateDir: root, config, logger });
    const client = await TestClient.open(gateway.url);
    expect(await client.connect({ device, scopes: ["operator.admin"] })).toMatchObject({ ok: true });
    return client;
  };
  const patch = (client: TestClient, n: number) =>
    client.request("sessions.patch", { key: `agent:main:k${n}`, label: `label ${n}` });
  const listed = async (client: TestClient) => {
    const answer = await client.request("sessions.list", {});
    const labels = (answer["payload"].sessions as { label: string }[]).map(({ label }) => label);
    return labels.sort();
  };

  it("refuses in plain words while there is no room, reads on, loses nothing, and writes again afterwards", async () => {
    const client = await start();
    const acknowledged: string[] = [];
    for (let n = 0; n < 60; n += 1) {
      expect(await patch(client, n)).toMatchObject({ ok: true });
      acknowledged.push(`label ${n}`);
    }
    const inject = (message: string) =>
      client.request("chat.inject", { sessionKey: "agent:main:k0", message });
    const { sessionId } = (await patch(client, 0))["payload"].entry as { sessionId: string };
    mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(
      join(root, folder, `${sessionId}.jsonl`),
      `${JSON.stringify({ type: "session", version: 3, id: sessionId })}\n`,
    );
    expect(await inject("said before")).toMatchObject({ ok: true });
    fillUp();
    let refusal: Record<string, any> | undefined; // oxlint-disable-line typescript/no-explicit-any
    // What a page or a log has left over may still take a few.
    for (let n = 60; n < 400 && refusal === undefined; n += 1) {
      const answer = await patch(client, n);
      if (answer["ok"] === true) acknowledged.push(`label ${n}`);
      else refusal = answer;
    }
    expect(refusal?.["error"]).toMatchObject({ code: "UNAVAILABLE" });
    expect(refusal?.["error"].message).toMatch(
      /cannot be written \((ENOSPC|SQLITE_FULL): the disk is full\)/,
    );
    expect(await listed(client)).toEqual(acknowledged.toSorted());
    const silenced = await inject("x".repeat(9000));
    expect(silenced).toMatchObject({ ok: false, error: { code: "UNAVAILABLE" } });
    expect(silenced["error"].message).toMatch(/cannot be written \(ENOSPC: the disk is full\)/);
    const runId = "full-disk";
    await client.request("chat.send", {
      sessionKey: "agent:main:k1",
      message: "hello",
      idempotencyKey: runId,
    });
    const end = await client.find(
      (frame) =>
        frame["event"] === "chat" && frame["payload"].runId === runId && frame["payload"].state === "error",
    );
    expect(end["payload"].errorMessage).toMatch(/the disk is full/);
    rmSync(filler);
    expect(await patch(client, 1000)).toMatchObject({ ok: true });
    acknowledged.push("label 1000");
    expect(await inject("said afterwards")).toMatchObject({ ok: true });
    const history = await client.request("chat.history", { sessionKey: "agent:main:k0" });
    const texts = JSON.stringify(history["payload"].messages);
    expect(texts.match(/said before|said afterwards|xxx/g)).toEqual(["said before", "said afterwards"]);
    await client.leave();
    await gateway?.stop();
    const again = await start();
    expect(await listed(again)).toEqual(acknowledged.toSorted());
    await again.leave();
  });

  it("reads on where the file system has become read-only, and does not start there", async () => {
    const client = await start();
    expect(await patch(client, 1)).toMatchObject({ ok: true });
    await client.leave();
    await gateway?.stop();
    const reader = await start();
    // A database that is open for writing keeps its file system from becoming read-only.
    if (name === "JSON") remount("ro");
    const answer = name === "JSON" ? await patch(reader, 2) : undefined;
    const expected = { code: "UNAVAILABLE", message: expect.stringMatching(/read-only/) as string };
    expect(answer?.["error"]).toEqual(name === "JSON" ? expected : undefined);
    expect(await listed(reader)).toEqual(["label 1"]);
    await reader.leave();
    await gateway?.stop();
    gateway = undefined;
    remount("ro");
    const refusal = await start().catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: "STATE_UNREADABLE" });
    expect(String(refusal)).toMatch(/cannot be used: EROFS/);
    expect(readFileSync("/proc/mounts", "utf8")).toContain(root);
  });
});
