import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync, cpSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  createDevice,
  startTestGateway,
  TestClient,
  type TestGateway,
} from "../../test/support/gateway-client.ts";
import type { GatewayOptions } from "./start.ts";
import { SqliteStore } from "./store/sqlite-store.ts";

let home: string;
let stateDir: string;
let running: TestGateway[];
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), "lockstep-corrupt-"));
  stateDir = path.join(home, "state");
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((gateway) => gateway.stop()));
  rmSync(home, { recursive: true, force: true });
});

const JSON_STORE = "agents/main/sessions/sessions.json";
const place = (name: string) => path.join(stateDir, name);
const put = (name: string, content: string | Buffer) => {
  mkdirSync(path.dirname(place(name)), { recursive: true });
  writeFileSync(place(name), content);
};
const names = (folder: string) =>
  readdirSync(place(folder))
    .filter((name) => name.startsWith("s"))
    .sort();
async function start(more: Partial<GatewayOptions> = {}): Promise<TestGateway> {
  const gateway = await startTestGateway({ stateDir, ...more });
  running.push(gateway);
  return gateway;
}
const refused = (more: Partial<GatewayOptions> = {}) =>
  start(more).then(
    () => undefined,
    (error: unknown) => error as { code: string; message: string; hint: string },
  );
async function ask(gateway: TestGateway, method: string, params: unknown) {
  const client = await TestClient.open(gateway.url);
  await client.connect({ device: createDevice(), scopes: ["operator.admin"] });
  const answer = await client.request(method, params);
  await client.leave();
  return answer;
}

describe("a gateway whose session store is corrupt", () => {
  it("does not start, says what to do, and overwrites nothing", async () => {
    put(JSON_STORE, "{ cut off");
    const folder = path.dirname(JSON_STORE);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const error = await refused();
      expect(error?.code).toBe("STORE_CORRUPT");
      expect(error?.message).toMatch(/sessions\.json was corrupt and is kept as sessions\.json\.corrupt-/);
      expect(error?.hint).toContain("--accept-loss");
      const [kept = "", ...others] = names(folder);
      expect(others).toEqual([]);
      expect(readFileSync(place(path.join(folder, kept)), "utf8")).toBe("{ cut off");
    }
  });

  it("starts once the loss is accepted, and from then on without asking", async () => {
    put(JSON_STORE, "{ cut off");
    await (await start({ acceptLoss: true })).stop();
    const [kept = ""] = names(path.dirname(JSON_STORE));
    expect(kept).toMatch(/\.corrupt-.*\.accepted$/);
    const gateway = await start();
    expect(await ask(gateway, "sessions.patch", { key: "a" })).toMatchObject({ ok: true });
    expect(names(path.dirname(JSON_STORE))).toEqual(["sessions.json", kept]);
  });

  it("starts when an intact file was put in its place", async () => {
    put(JSON_STORE, "[]");
    expect((await refused())?.code).toBe("STORE_CORRUPT");
    put(JSON_STORE, '{"agent:main:back":{"sessionId":"s","updatedAt":1}}');
    const answer = await ask(await start(), "sessions.list", {});
    expect(answer["payload"].sessions).toMatchObject([{ key: "agent:main:back" }]);
  });

  it("names every store that is corrupt, a journal included", async () => {
    put(JSON_STORE, "{ cut off");
    put("agents/ops/sessions/sessions.json", "{}");
    put("agents/ops/sessions/sessions.json.journal", "rubbish\nrubbish\n");
    const error = await refused();
    expect(error?.message).toMatch(/main.*sessions\.json was corrupt.*; the journal of .*ops.* was corrupt/);
    await start({ acceptLoss: true });
  });

  it("goes on serving, and refuses writes, when it becomes corrupt while it is served", async () => {
    put(JSON_STORE, '{"agent:main:a":{"sessionId":"s","updatedAt":1}}');
    const gateway = await start();
    put(JSON_STORE, "{ somebody else's broken write");
    expect(await ask(gateway, "sessions.list", {})).toMatchObject({ ok: true, payload: { count: 0 } });
    const answer = await ask(gateway, "sessions.patch", { key: "b" });
    expect(answer).toMatchObject({ ok: false, error: { code: "UNAVAILABLE" } });
    expect(answer["error"].message).toMatch(/was corrupt and is kept as/);
    expect(names(path.dirname(JSON_STORE))).toHaveLength(1);
  });

  it("may be told to serve the rest", async () => {
    put(JSON_STORE, "{ cut off");
    const gateway = await start({ serveDamaged: true });
    expect(await ask(gateway, "sessions.patch", { key: "b" })).toMatchObject({ ok: false });
  });
});

describe("a gateway over SQLite", () => {
  const config = (more: Record<string, string> = {}) => ({
    gateway: { auth: { token: "T" } },
    session: { store: path.join(stateDir, "sessions-{agentId}.db"), ...more },
  });

  /** A database as a killed gateway leaves it, with one page of its entries overwritten. */
  async function leaveDamaged(): Promise<void> {
    mkdirSync(stateDir, { recursive: true });
    const file = path.join(home, "live.db");
    const store = new SqliteStore({ path: file, now: () => 0 });
    await store.update((draft) => {
      for (let n = 0; n < 200; n += 1) draft.set(`agent:main:k${n}`, { text: "x".repeat(300) });
    });
    // Closing brings the log into the file; opening again and changing something marks it as in use.
    await store.close();
    const again = new SqliteStore({ path: file, now: () => 0 });
    await again.update((draft) => draft.set("agent:main:k0", { text: "y" }));
    for (const suffix of ["", "-wal"]) cpSync(`${file}${suffix}`, `${place("sessions-main.db")}${suffix}`);
    await again.close();
    const bytes = readFileSync(place("sessions-main.db"));
    bytes.fill(0xa5, 20 * 1024 + 8, 21 * 1024);
    writeFileSync(place("sessions-main.db"), bytes);
  }

  it("checks the database after an unclean stop, sets a damaged one aside, and does not start", async () => {
    await leaveDamaged();
    const error = await refused({ config: config() });
    expect(error?.code).toBe("STORE_CORRUPT");
    expect(error?.message).toMatch(
      /sessions-main\.db was corrupt and is kept as sessions-main\.db\.corrupt-/,
    );
    expect(names(".").filter((name) => name === "sessions-main.db")).toEqual([]);
    const gateway = await start({ config: config(), acceptLoss: true });
    expect(await ask(gateway, "sessions.patch", { key: "a" })).toMatchObject({ ok: true });
  });

  it("says which durability is on", async () => {
    expect((await start({ config: config() })).durability).toContain("synchronous=FULL");
    await running.pop()?.stop();
    expect((await start({ config: config({ durability: "normal" }) })).durability).toContain(
      "synchronous=NORMAL",
    );
    await running.pop()?.stop();
    expect((await start()).durability).toContain("JSON file");
  });
});
