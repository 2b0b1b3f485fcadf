import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Browser, chromium, type Locator, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSubject, type Subject } from "./support/gateway.ts";
import { observe, type Observer } from "./support/observer.ts";
import { controlUiFolder } from "./support/openclaw.ts";
import { servePages, type StaticPages } from "./support/static-pages.ts";

const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const SCREENSHOTS = process.env["LOCKSTEP_CLIENTS_SCREENSHOTS"];
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const MAIN = "agent:main:main";
const DOOMED = "agent:main:doomed";

/** What its pages say of the real gateway too: of members that may be one thing or another, and without channels. */
const USUAL_ALARMS = new Set([
  "Form view can't safely edit some fields. Use Raw to avoid losing config entries.",
  "Channel config schema unavailable.",
]);
/** The page on nodes asks which commands may run; the bundled gateway runs none, and has no such method. */
const USUAL_COMPLAINTS = new Set(["refused: unknown method: exec.approvals.get"]);

const canRun = existsSync(CHROMIUM);
if (!canRun) console.warn(`the Control UI is not tried: no ${CHROMIUM} (CHROMIUM names another)`);

/** Opens the Control UI as a browser would that was pointed at the gateway before; gathers what its console and the gateway complain of. */
async function openControlUi(browser: Browser, origin: string, subject: Subject): Promise<[Page, string[]]> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 1000 },
    timezoneId: "UTC",
    reducedMotion: "reduce",
  });
  // Its fonts come from elsewhere; the test reaches nothing beyond this machine.
  await context.route(
    ({ protocol, hostname }) => protocol === "https:" || !hostname.endsWith("localhost"),
    (route) => route.fulfill({ contentType: "text/css", body: "" }),
  );
  const settings = { gatewayUrl: subject.url, token: subject.token };
  await context.addInitScript(`{
    const key = "openclaw.control.settings.v1";
    if (localStorage.getItem(key) === null) localStorage.setItem(key, ${JSON.stringify(JSON.stringify(settings))});
  }`);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("websocket", (socket) =>
    socket.on("framereceived", ({ payload }) => {
      const frame = JSON.parse(String(payload)) as { ok?: boolean; error?: { message: string } };
      if (frame.ok === false) complaints.push(`refused: ${frame.error?.message ?? ""}`);
    }),
  );
  await page.goto(`${origin}/chat`);
  return [page, complaints];
}

describe.skipIf(!canRun)("Control UI", () => {
  let pages: StaticPages;
  let subject: Subject;
  let observer: Observer;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  let shots = 0;

  beforeAll(async () => {
    pages = await servePages(await controlUiFolder(), {
      // The gateway that serves the pages answers these beside them.
      "/__openclaw/control-ui-config.json": {
        basePath: "",
        assistantName: "Assistant",
        assistantAgentId: "main",
      },
      "/avatar/main": { avatarUrl: null },
    });
    // A name of its own: a page on localhost may talk to any gateway on loopback, allowed or not.
    const origin = `http://control.localhost:${pages.port}`;
    subject = await startSubject([origin]);
    observer = await observe(subject);
    await observer.call("sessions.patch", { key: DOOMED, label: "not for long" });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
    [page, complaints] = await openControlUi(browser, origin, subject);
  });
  afterAll(async () => {
    await browser.close();
    await observer.close();
    await subject.dispose();
    await pages.close();
  });

  const shoot = async (name: string): Promise<void> => {
    if (SCREENSHOTS === undefined) return;
    shots += 1;
    await mkdir(SCREENSHOTS, { recursive: true });
    await page.screenshot({ path: join(SCREENSHOTS, `${shots}-${name}.png`), animations: "disabled" });
  };
  const say = async (text: string): Promise<void> => {
    const field = page.locator(".chat-compose textarea");
    await field.fill(text);
    await field.press("Enter");
  };
  const answer = (text: string | RegExp): Locator =>
    page.locator(".chat-group.assistant .chat-text").filter({ hasText: text }).last();
  const open = async (tab: string): Promise<void> => {
    await page.locator(".nav-item").filter({ hasText: tab }).click();
  };
  const row = (key: string): Locator => page.locator(".table-row").filter({ hasText: key });
  const stored = async (key: string) => {
    const { sessions } = await observer.call("sessions.list", {});
    return (sessions as { key: string }[]).find((session) => session.key === key);
  };

  it("connects", async () => {
    await page.locator(".chat-compose textarea:enabled").waitFor();
    expect(await observer.call("system-presence", {})).toContainEqual(
      expect.objectContaining({ host: "openclaw-control-ui", mode: "webchat", reason: "connect" }),
    );
    await shoot("connected");
  });

  it("chats", async () => {
    await say("hello gateway");
    await answer("You said: hello gateway.").waitFor();
    await page.getByRole("button", { name: "Send" }).waitFor();
    // What was streamed has been replaced by what was stored, and stands there once.
    await expect.poll(() => page.locator(".chat-group.assistant").count()).toBe(1);
    expect(await page.locator(".chat-group.user").count()).toBe(1);
    await shoot("chat");
  });

  it("takes a command, and stops what runs", async () => {
    await say("/model stub/slow");
    await answer("Model set to stub/slow.").waitFor();
    await say("take your time");
    await answer(/word-4\b/).waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByRole("button", { name: "New session" }).waitFor();
    const { messages } = await observer.call("chat.history", { sessionKey: MAIN });
    expect(JSON.stringify(messages)).toContain("word-4");
    expect(JSON.stringify(messages)).not.toContain("word-40");
    await shoot("stopped");
  });

  it("lists sessions", async () => {
    await open("Sessions");
    await row(MAIN).waitFor();
    expect(await row(DOOMED).locator("input").inputValue()).toBe("not for long");
    expect(await page.locator(".table-row").count()).toBe(2);
    await shoot("sessions");
  });

  it("edits a label", async () => {
    await row(MAIN).locator("input").fill("my own words");
    await row(MAIN).locator("input").press("Tab");
    await expect.poll(() => stored(MAIN)).toMatchObject({ label: "my own words" });
    await shoot("label");
  });

  it("changes a level", async () => {
    await row(MAIN).locator("select").nth(0).selectOption("high");
    await expect.poll(() => stored(MAIN)).toMatchObject({ thinkingLevel: "high" });
    await row(MAIN).locator("select").nth(1).selectOption("full");
    await expect.poll(() => stored(MAIN)).toMatchObject({ thinkingLevel: "high", verboseLevel: "full" });
    await shoot("level");
  });

  it("deletes a session", async () => {
    page.once("dialog", (dialog) => void dialog.accept());
    await row(DOOMED).getByRole("button", { name: "Delete" }).click();
    await row(DOOMED).waitFor({ state: "detached" });
    expect(await stored(DOOMED)).toBeUndefined();
    await shoot("deleted");
  });

  it("drills into usage", async () => {
    await open("Usage");
    await page.locator(".usage-primary-btn").click();
    await page.locator(".session-bar-row").first().waitFor();
    await shoot("usage");
    await page.locator(".session-bar-row").filter({ hasText: "my own words" }).click();
    await page.locator(".session-detail-panel .timeseries-svg .ts-bar").first().waitFor();
    const log = page.locator(".session-logs-list .session-log-content");
    await log.filter({ hasText: "You said: hello gateway." }).waitFor();
    expect(await page.locator(".session-detail-stats").innerText()).toMatch(/\b110 tokens/);
    expect(await page.locator(".session-detail-panel").innerText()).toMatch(
      /Messages\s+6\s+2 user · 4 assistant/,
    );
    await page.locator(".session-detail-panel").scrollIntoViewIfNeeded();
    await shoot("usage-session");
  });

  it.each([
    "Overview",
    "Channels",
    "Instances",
    "Cron",
    "Agents",
    "Skills",
    "Nodes",
    "Config",
    "Debug",
    "Logs",
  ])("opens %s", async (tab) => {
    await open(tab);
    await page.locator(".nav-item.active").filter({ hasText: tab }).waitFor();
    await expect.poll(() => page.getByText(/^\s*Loading[\w ]*…\s*$/).count(), { timeout: 30_000 }).toBe(0);
    await shoot(tab.toLowerCase());
    const alarms = await page.locator(".callout.danger").allInnerTexts();
    expect(alarms.filter((text) => !USUAL_ALARMS.has(text))).toEqual([]);
  });

  it("is refused from a page that is not allowed", async () => {
    const [stranger] = await openControlUi(browser, `http://other.localhost:${pages.port}`, subject);
    await stranger.getByText("origin not allowed").first().waitFor();
    expect(await stranger.locator(".chat-compose textarea:enabled").count()).toBe(0);
  });

  it("finds nothing else to complain of, in the console and in answers", () => {
    expect(complaints.filter((text) => !USUAL_COMPLAINTS.has(text))).toEqual([]);
  });
});
