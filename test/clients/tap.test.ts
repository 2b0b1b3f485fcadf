import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { replayCapture } from "../../src/harness/replay/index.ts";
import { loadSuite } from "../../src/harness/scenario/index.ts";
import { readCapture, startTap, type Tap } from "../../src/harness/tap/index.ts";
import { referenceTarget } from "../support/reference.ts";
import { startSubject, type Subject } from "./support/gateway.ts";
import { controlUiFolder, type Openclaw, prepareOpenclaw } from "./support/openclaw.ts";
import { servePages, type StaticPages } from "./support/static-pages.ts";

const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const KEY = "agent:main:tapped";

/** Members whose value is another one each time. */
const PASSING = new Set(["ts", "updatedAt", "sessionId", "durationMs", "age", "path", "nonce", "connId"]);

/** What a client printed or a frame says, without what is another one each time. */
function shape(value: unknown, name = ""): unknown {
  if (PASSING.has(name)) return `<${name}>`;
  if (Array.isArray(value)) return value.map((item) => shape(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shape(member, key)]));
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lockstep-tapped-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function tapOf(subject: Subject, name: string): Promise<{ tap: Tap; via: Subject; out: string }> {
  const out = join(folder, `${name}.ndjson`);
  const upstream = new URL(subject.url);
  const tap = await startTap({ upstream, host: "127.0.0.1", port: 0, out, tool: "test" });
  return { tap, out, via: { ...subject, url: tap.url, port: tap.port } };
}

/** Replays on the bundled gateway; prints what was seen. */
async function replayOnOurs(out: string, name: string) {
  const capture = await readCapture(out, name);
  const report = await replayCapture({
    target: referenceTarget(),
    capture: { name, capture },
    place: { given: ["model:echo"] },
    suite: await loadSuite(process.cwd()),
    level: "exact",
    timeoutMs: 20_000,
    allowWrites: false,
    signal: new AbortController().signal,
    tool: "test",
    now: new Date(),
  });
  const messages = capture.lines.filter(({ line }) => line === "message").length;
  console.warn(
    `${name}: ${messages} messages, ${report.agreed} of ${report.steps} steps agree`,
    JSON.stringify(report.notCompared),
  );
  for (const { method, path, kind, count, why, message } of report.findings) {
    console.warn(`  ${method} ${path} ${kind} ${count}: ${message.slice(0, 160)} (${why ?? "?"})`);
  }
  return { capture, report };
}

/** What tells two runtimes of one version apart on a fresh installation, by place. */
const KNOWN: readonly [method: RegExp, path: RegExp][] = [
  // It serves fewer methods and events, and says so.
  [/^connect$/, /^\/payload\/features\//],
  // Where it runs, and what of its configuration it was not given.
  [/^config\./, /^\/payload/],
  // What the bundled gateway does not have (PARITY.md): a report on its prompt, tools, skills, the models of providers.
  [/^agent$/, /^\/payload\/result\/meta\/systemPromptReport$/],
  [/^(?:models\.list|skills\.status|logs\.tail)$/, /^\/payload/],
];

const unexplained = (findings: readonly { method: string; path: string }[]) =>
  findings.filter(({ method, path }) => !KNOWN.some(([m, p]) => m.test(method) && p.test(path)));

describe("OpenClaw's command line through a tap", () => {
  let subject: Subject;
  let plain: Openclaw;
  let tapped: Openclaw;
  let tap: Tap;
  let via: Subject;
  let out: string;

  beforeAll(async () => {
    subject = await startSubject();
    ({ tap, via, out } = await tapOf(subject, "command-line"));
    plain = await prepareOpenclaw(subject);
    tapped = await prepareOpenclaw(via);
  });
  afterAll(async () => {
    await tap.close();
    await plain.dispose();
    await tapped.dispose();
    await subject.dispose();
  });

  it("says and exits as it does without one", async () => {
    // First through the tap: what is replayed later begins with an empty installation.
    expect((await tapped.run("agent", "--agent", "main", "--message", "good morning")).stdout.trim()).toBe(
      "You said: good morning.",
    );
    await tapped.call("sessions.patch", { key: KEY, label: "through the tap" });
    for (const [method, params] of [
      ["sessions.list", {}],
      ["sessions.resolve", { label: "through the tap" }],
      ["chat.history", { sessionKey: "agent:main:main" }],
      ["health", {}],
    ] as const) {
      const [there, here] = [await tapped.call(method, params), await plain.call(method, params)];
      expect(shape(there)).toEqual(shape(here));
    }
    const wrong = ["gateway", "call", "health", "--token", "not the token", "--url"];
    const [there, here] = [await tapped.run(...wrong, via.url), await plain.run(...wrong, subject.url)];
    expect(there.exitCode).toBe(here.exitCode);
    const said = ({ stderr }: { stderr: string }) =>
      stderr.replaceAll(via.url, subject.url).replaceAll(/lockstep-client-\w+/g, "home");
    expect(said(there)).toBe(said(here));
    const probe = await tapped.run("gateway", "probe", "--timeout", "15000", "--json");
    expect(JSON.parse(probe.stdout)).toMatchObject({ ok: true, warnings: [] });
    const status = JSON.parse((await tapped.run("status", "--json")).stdout) as {
      gateway: { url: string; reachable: boolean };
    };
    expect(status.gateway).toMatchObject({ url: via.url, reachable: true });
  });

  it("leaves a capture without secrets that replays on the bundled gateway, the differences explained", async () => {
    await tap.close();
    const { capture, report } = await replayOnOurs(out, "command line");
    expect(capture.complete).toBe(true);
    expect(JSON.stringify(capture)).not.toContain(subject.token);
    expect(report.steps).toBeGreaterThanOrEqual(20);
    expect(unexplained(report.findings)).toEqual([]);
  });
});

const canRun = existsSync(CHROMIUM);

describe.skipIf(!canRun)("the Control UI through a tap", () => {
  let pages: StaticPages;
  let subject: Subject;
  let browser: Browser;

  beforeAll(async () => {
    pages = await servePages(await controlUiFolder(), {
      "/__openclaw/control-ui-config.json": {
        basePath: "",
        assistantName: "Assistant",
        assistantAgentId: "main",
      },
      "/avatar/main": { avatarUrl: null },
    });
    subject = await startSubject([`http://control.localhost:${pages.port}`]);
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"],
    });
  });
  afterAll(async () => {
    await browser.close();
    await subject.dispose();
    await pages.close();
  });

  it("shows, sends and is sent the same, and its capture replays", async () => {
    const { tap, via, out } = await tapOf(subject, "control-ui");
    const context = await browser.newContext({ timezoneId: "UTC", reducedMotion: "reduce" });
    await context.route(
      ({ protocol, hostname }) => protocol === "https:" || !hostname.endsWith("localhost"),
      (route) => route.fulfill({ contentType: "text/css", body: "" }),
    );
    const settings = JSON.stringify({ gatewayUrl: via.url, token: via.token });
    await context.addInitScript(
      `localStorage.setItem("openclaw.control.settings.v1", ${JSON.stringify(settings)})`,
    );
    const page = await context.newPage();
    const frames = { client: [] as unknown[], gateway: [] as unknown[] };
    page.on("websocket", (socket) => {
      socket.on("framesent", ({ payload }) => frames.client.push(JSON.parse(String(payload))));
      socket.on("framereceived", ({ payload }) => frames.gateway.push(JSON.parse(String(payload))));
    });
    await page.goto(`http://control.localhost:${pages.port}/chat`);
    const field = page.locator(".chat-compose textarea:enabled");
    await field.waitFor();
    await field.fill("hello gateway");
    await field.press("Enter");
    await page
      .locator(".chat-group.assistant .chat-text")
      .filter({ hasText: "You said: hello gateway." })
      .waitFor();
    for (const tab of ["Sessions", "Usage", "Overview"]) {
      await page.locator(".nav-item").filter({ hasText: tab }).click();
      await page.locator(".nav-item.active").filter({ hasText: tab }).waitFor();
      await expect.poll(() => page.getByText(/^\s*Loading[\w ]*…\s*$/).count(), { timeout: 30_000 }).toBe(0);
    }
    await context.close();
    await tap.close();

    // Frame by frame, what the browser says passed its own socket is what the tap wrote down, but for what it hides.
    const { capture, report } = await replayOnOurs(out, "control UI");
    for (const side of ["client", "gateway"] as const) {
      const written = capture.lines.flatMap((line) =>
        line.line === "message" && line.from === side ? [line.json] : [],
      );
      expect(written.length).toBeGreaterThan(10);
      expect(written.slice(0, frames[side].length).map((frame) => hide(frame))).toEqual(
        frames[side].map((frame) => hide(frame)),
      );
    }
    expect(JSON.stringify(capture)).not.toContain(subject.token);
    expect(unexplained(report.findings)).toEqual([]);
  });
});

const SECRETS = new Set(["token", "signature", "deviceToken"]);

/** A frame with its secrets hidden, whoever wrote it down. */
function hide(value: unknown, name = ""): unknown {
  if (typeof value === "string" && SECRETS.has(name)) return "<hidden>";
  if (Array.isArray(value)) return value.map((item) => hide(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, hide(member, key)]));
}
