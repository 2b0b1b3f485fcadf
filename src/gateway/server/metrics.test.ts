import { readFile } from "node:fs/promises";
import { get } from "node:http";
import { describe, expect, test } from "vitest";
import { createDevice, TestClient } from "../../../test/support/gateway-client.ts";
import { gatewaysPerTest } from "../../../test/support/per-test-gateway.ts";
import { METRICS } from "../metrics/catalogue.ts";

const start = gatewaysPerTest();

interface Answer {
  readonly status: number | undefined;
  readonly type: string | undefined;
  readonly body: string;
}

function ask(port: number, path: string, authorization?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = authorization === undefined ? {} : { authorization };
    get({ port, path, headers, agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => (body += text));
      response.on("end", () =>
        resolve({ status: response.statusCode, type: response.headers["content-type"], body }),
      );
    }).on("error", reject);
  });
}

/** The value of one line of the exposition. */
function valueOf(
  text: string,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  const line = text
    .split("\n")
    .find(
      (line) =>
        line.startsWith(name) &&
        /^[{ ]/.test(line.slice(name.length)) &&
        wanted.every((label) => line.includes(label)),
    );
  return line === undefined ? undefined : Number(line.split(" ").at(-1));
}

const scrape = async (port: number): Promise<string> => (await ask(port, "/metrics", "Bearer T")).body;

describe("GET /metrics", () => {
  test("wants the token; the health paths want nothing", async () => {
    const { port } = await start();
    expect((await ask(port, "/metrics")).status).toBe(401);
    expect((await ask(port, "/metrics", "Bearer wrong")).status).toBe(401);
    expect((await ask(port, "/metrics", "Basic VDpU")).status).toBe(401);
    expect(await ask(port, "/metrics", "bearer  T ")).toMatchObject({
      status: 200,
      type: "text/plain; version=0.0.4; charset=utf-8",
    });
    expect((await ask(port, "/healthz")).status).toBe(200);
    expect((await ask(port, "/readyz")).status).toBe(200);
    const text = await scrape(port);
    expect(valueOf(text, "lockstep_gateway_auth_failures_total", { reason: "token_missing" })).toBe(2);
    expect(valueOf(text, "lockstep_gateway_auth_failures_total", { reason: "token_mismatch" })).toBe(1);
  });

  test("wants the password in mode password, and opens to nobody without a secret", async () => {
    const { port } = await start({ password: "P", config: {} });
    expect((await ask(port, "/metrics", "Bearer P")).status).toBe(200);
    expect((await ask(port, "/metrics", "Bearer T")).status).toBe(401);
    const open = await start({ config: {} });
    expect((await ask(open.port, "/metrics", "Bearer undefined")).status).toBe(401);
    expect((await ask(open.port, "/metrics", "Bearer ")).status).toBe(401);
  });

  test("failures count against the address, as on the socket", async () => {
    const rateLimit = { maxAttempts: 2, exemptLoopback: false };
    const { port, url } = await start({ config: { gateway: { auth: { token: "T", rateLimit } } } });
    expect((await ask(port, "/metrics", "Bearer no")).status).toBe(401);
    expect((await ask(port, "/metrics", "Bearer no")).status).toBe(401);
    expect((await ask(port, "/metrics", "Bearer T")).status).toBe(429);
    const client = await TestClient.open(url);
    expect((await client.connect())["error"].message).toContain("too many failed authentication attempts");
  });

  test("exposes the catalogue, and the page for operators documents it, name by name", async () => {
    const { port } = await start();
    const exposed = [...(await scrape(port)).matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(
      ([, name, type]) => `${name} ${type}`,
    );
    const expected = Object.entries(METRICS).map(([name, { type }]) => `${name} ${type}`);
    expect(exposed.sort()).toEqual(expected.sort());
    const page = await readFile(new URL("../../../docs/gateway.md", import.meta.url), "utf8");
    const documented = [...page.matchAll(/^\| `(lockstep_gateway_\w+)` \|([^|]*)\|/gm)].map(
      ([, name, labels = ""]) => [name, ...[...labels.matchAll(/`([a-z]+)`/g)].map(([, label]) => label)],
    );
    const said = Object.entries(METRICS).map(([name, { labels }]) => [name, ...labels]);
    // A label's values may stand behind its name.
    const known = new Set(Object.values(METRICS).flatMap(({ labels }) => [...labels] as string[]));
    expect(documented.map((row) => row.filter((word, at) => at === 0 || known.has(word ?? "")))).toEqual(
      said,
    );
    for (const [name] of page.matchAll(/lockstep_gateway_\w+/g)) {
      expect(Object.keys(METRICS)).toContain(name.replace(/_(bucket|sum|count)$/, ""));
    }
  });

  test("shows who is connected, what was asked, and how it went", async () => {
    const { port, url } = await start({ version: "1.2.3" });
    const client = await TestClient.open(url);
    await client.connect({ device: createDevice(), scopes: ["operator.admin"] });
    await TestClient.open(url);
    await client.request("sessions.patch", { key: "a", label: "x" });
    await client.request("sessions.patch", { key: "b", label: "x" });
    const strange = Array.from({ length: 20 }, (_, n) => `strange.${n}`);
    for (const method of [...strange, "constructor"]) await client.request(method);
    const text = await scrape(port);
    const metric = (name: string, labels?: Record<string, string>): number | undefined =>
      valueOf(text, `lockstep_gateway_${name}`, labels);
    expect(metric("info", { version: "1.2.3" })).toBe(1);
    expect(metric("clients", { role: "operator", mode: "test" })).toBe(1);
    expect(metric("handshakes_pending")).toBe(1);
    expect(metric("handshakes_total", { outcome: "ok" })).toBe(1);
    const method = "sessions.patch";
    expect(metric("requests_total", { method, outcome: "ok" })).toBe(1);
    expect(metric("requests_total", { method, outcome: "INVALID_REQUEST" })).toBe(1);
    expect(metric("request_duration_seconds_count", { method })).toBe(2);
    expect(metric("requests_total", { method: "(unknown)" })).toBe(21);
    expect(text).not.toContain("strange");
    expect(metric("requests_in_flight")).toBe(0);
    expect(metric("requests_waiting")).toBe(0);
    expect(metric("store_commit_duration_seconds_count")).toBeGreaterThanOrEqual(1);
    expect(metric("events_total", { event: "health" })).toBe(1);
    expect(metric("lanes_pending")).toBe(0);
    expect(metric("resident_memory_bytes")).toBeGreaterThan(10_000_000);
    expect(metric("event_loop_delay_seconds", { quantile: "1" })).toBeGreaterThanOrEqual(0);
    const startedAt = metric("start_time_seconds") ?? 0;
    expect(Math.abs(Date.now() / 1_000 - startedAt)).toBeLessThan(600);
    await client.leave();
    expect(valueOf(await scrape(port), "lockstep_gateway_clients", { role: "operator" })).toBeUndefined();
  });

  test("tells refusals from time-outs and from those that just left", async () => {
    const { port, url } = await start({ limits: { handshakeTimeoutMs: 50 } });
    const late = await TestClient.open(url);
    await late.closed;
    const left = await TestClient.open(url);
    await left.leave();
    const wrong = await TestClient.open(url);
    await wrong.connect({ token: "no" });
    await wrong.closed;
    const babbling = await TestClient.open(url);
    babbling.send("not json");
    await babbling.closed;
    const text = await scrape(port);
    const counts = ["timeout", "gone", "INVALID_REQUEST"].map((outcome) =>
      valueOf(text, "lockstep_gateway_handshakes_total", { outcome }),
    );
    expect(counts).toEqual([1, 1, 2]);
  });
});
