import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSubject, type Subject } from "./support/gateway.ts";
import { observe, type Observer } from "./support/observer.ts";
import { type Ended, type Openclaw, prepareOpenclaw } from "./support/openclaw.ts";

let subject: Subject;
let openclaw: Openclaw;
let observer: Observer;
let here: readonly string[];

beforeAll(async () => {
  subject = await startSubject();
  openclaw = await prepareOpenclaw(subject);
  observer = await observe(subject);
  here = ["--url", subject.url, "--token", subject.token];
});
afterAll(async () => {
  await observer.close();
  await openclaw.dispose();
  await subject.dispose();
});

/** What a client printed as JSON; a client that failed fails the test with what it said. */
function printed({ exitCode, stdout, stderr }: Ended): unknown {
  expect({ exitCode, said: exitCode === 0 ? "" : stdout + stderr }).toEqual({ exitCode: 0, said: "" });
  return JSON.parse(stdout);
}

describe("openclaw agent", () => {
  it("prints the answer", async () => {
    const { exitCode, stdout } = await openclaw.run("agent", "--agent", "main", "--message", "good morning");
    expect({ exitCode, stdout: stdout.trim() }).toEqual({ exitCode: 0, stdout: "You said: good morning." });
  });

  it("tells what the run used, and the next run goes on in the same session", async () => {
    const first = await observer.call("sessions.list", {});
    const answer = printed(await openclaw.run("agent", "--agent", "main", "--message", "and?", "--json"));
    const [session] = first["sessions"] as { sessionId: string }[];
    expect(answer).toMatchObject({
      status: "ok",
      result: {
        payloads: [{ text: "You said: and?." }],
        meta: { agentMeta: { sessionId: session?.sessionId, model: "echo", usage: { total: 110 } } },
      },
    });
  });
});

describe("openclaw gateway", () => {
  it("health says OK", async () => {
    const { exitCode, stdout } = await openclaw.run("gateway", "health", ...here);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/Gateway Health\s+OK/);
  });

  it("probe reaches it, and reads config, health, status and presence", async () => {
    const report = printed(await openclaw.run("gateway", "probe", "--timeout", "15000", "--json"));
    expect(report).toMatchObject({
      ok: true,
      warnings: [],
      targets: [
        {
          url: subject.url,
          connect: { ok: true, error: null },
          config: { exists: true, valid: true, gateway: { authMode: "token", port: subject.port } },
          health: { ok: true, sessions: { count: 1 } },
          summary: { sessions: { count: 1, recent: [{ key: "agent:main:main" }] } },
        },
      ],
    });
    const [target] = (report as { targets: { presence: object[] }[] }).targets;
    expect(target?.presence).toContainEqual(expect.objectContaining({ mode: "gateway", reason: "self" }));
  });

  it("usage-cost adds up the runs", async () => {
    const { exitCode, stdout } = await openclaw.run("gateway", "usage-cost", "--days", "3", ...here);
    expect(exitCode).toBe(0);
    // Two runs of 80 + 20 cached + 10 tokens, at the prices of the scripted model.
    expect(stdout).toMatch(/Usage cost \(3 days\)\s+Total: \$0\.0002 · 220 tokens/);
  });

  it("call says why a stranger is refused", async () => {
    const flags = ["--url", subject.url, "--token", "not the token"];
    const { exitCode, stderr } = await openclaw.run("gateway", "call", "health", ...flags);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("gateway closed (1008): unauthorized: ");
  });

  it("call says why params are refused", async () => {
    await expect(
      openclaw.call("sessions.patch", { key: "agent:main:x", thinkingLevel: "plenty" }),
    ).rejects.toThrow("invalid thinkingLevel (use off|minimal|low|medium|high)");
  });
});

describe("openclaw", () => {
  it("status finds the configured gateway", async () => {
    const report = printed(await openclaw.run("status", "--json"));
    expect(report).toMatchObject({
      gateway: { url: subject.url, reachable: true, error: null, misconfigured: false },
    });
  });

  it("status --deep adds its health", async () => {
    const { exitCode, stdout } = await openclaw.run("status", "--deep");
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/Gateway +│ .*reachable/);
    expect(stdout).toMatch(/Health[^]*Gateway +│ reachable/);
  });

  it("health lists its sessions", async () => {
    const { exitCode, stdout } = await openclaw.run("health");
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/Session store \(main\): .* \(1 entries\)\n- agent:main:main/);
  });

  it("logs shows its log", async () => {
    const { exitCode, stdout } = await openclaw.run("logs", "--limit", "5", "--plain", ...here);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Log file: .*\.log\n\S+Z info gateway \w/);
  });

  it.each([
    [["cron", "list"], "No cron jobs."],
    [["devices", "list"], "Paired ("],
    [["channels", "status"], "Gateway reachable"],
  ])("%j", async (args, said) => {
    const { exitCode, stdout } = await openclaw.run(...args);
    expect({ exitCode, said: stdout.includes(said) ? said : stdout }).toEqual({ exitCode: 0, said });
  });
});
