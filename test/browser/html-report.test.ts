import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { renderHtml } from "../../src/harness/report/html/page.ts";
import { patchedCase, SAMPLES } from "../support/report-samples.ts";

const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
/** A folder that takes a picture of each page, for people to look at. */
const SCREENSHOTS = process.env["LOCKSTEP_REPORT_SCREENSHOTS"];

const canRun = existsSync(CHROMIUM);
if (!canRun) console.warn(`the HTML report is not tried: no ${CHROMIUM} (CHROMIUM names another)`);

type Sample = keyof typeof SAMPLES;

describe.skipIf(!canRun)("HTML report in a browser", () => {
  let folder: string;
  let browser: Browser;
  let complaints: string[];
  let requests: string[];
  let page: Page;

  const addressOf = (sample: Sample, hash = "") =>
    `${pathToFileURL(join(folder, `${sample}.html`)).href}${hash}`;

  async function open(sample: Sample, options: BrowserContextOptions = {}, hash = ""): Promise<Page> {
    const context = await browser.newContext({
      viewport: { width: 1440, height: 1000 },
      reducedMotion: "reduce",
      ...options,
    });
    page = await context.newPage();
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("request", (request) => requests.push(request.url()));
    await page.goto(addressOf(sample, hash));
    return page;
  }

  async function picture(name: string, fullPage = false): Promise<void> {
    if (SCREENSHOTS === undefined) return;
    mkdirSync(SCREENSHOTS, { recursive: true });
    await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage });
  }

  const rows = () => page.locator("#rows [role=option]");
  const title = () => page.locator("#detail-title").textContent();

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "lockstep-html-"));
    for (const sample of Object.keys(SAMPLES) as Sample[]) {
      writeFileSync(join(folder, `${sample}.html`), renderHtml(SAMPLES[sample]()));
    }
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
  });
  beforeEach(() => {
    complaints = [];
    requests = [];
  });
  afterEach(async () => {
    await page.context().close();
    // The page itself, and its empty icon.
    const strange = requests.filter((url) => !url.startsWith(pathToFileURL(folder).href) && url !== "data:,");
    if (complaints.length + strange.length > 0) throw new Error([...complaints, ...strange].join("\n"));
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("passing: verdict, tiles and table, all cases in the list", async () => {
    await open("passing");
    await picture("passing");
    expect(await page.locator("h1").textContent()).toContain("PASS");
    expect(await page.locator("#shown").textContent()).toBe("322 cases");
    await page.locator('[data-filter-area="chat.send"]').click();
    expect(await page.locator("#shown").textContent()).toBe("40 of 322 cases");
    await page.locator("#reset").click();
    expect(await page.locator("#shown").textContent()).toBe("322 cases");
    await page.locator('[data-filter-status="departure"]').click();
    expect(await rows().count()).toBe(1);
  });

  it("failing: shows what did not pass, searches, filters by kind, level and status", async () => {
    await open("failing");
    await picture("failing", true);
    expect(await page.locator("#shown").textContent()).toBe("13 of 409 cases");
    await page.locator("#kind").selectOption("extra");
    expect(await rows().allTextContents()).toEqual([expect.stringContaining(patchedCase.id)]);
    await page.locator("#level").selectOption("exact");
    expect(await page.locator("#none").isVisible()).toBe(true);
    await page.locator("#reset").click();
    await page.locator("#search").fill("panicked nowhere");
    expect(await page.locator("#none").isVisible()).toBe(true);
    await page.locator("#search").fill("SIGKILL");
    expect(await rows().allTextContents()).toEqual([expect.stringContaining("health/after-crash")]);
    await rows().first().click();
    expect(await page.locator("#detail .log").textContent()).toContain("panicked");
  });

  it("failing: a case shows both sides, its symbols explain themselves, its command is copied", async () => {
    await open("failing", {}, `#${encodeURIComponent(patchedCase.id)}`);
    await picture("detail");
    expect(await title()).toBe(patchedCase.id);
    const frame = page.locator("#detail .diff").first();
    expect(await frame.locator("td.left.changed").allTextContents()).toEqual([
      expect.stringContaining("6f0c2c1e-0000-4000-8000-000000000001"),
      expect.stringContaining('"updatedAt": 1771315200000'),
    ]);
    expect(await frame.locator("td.right.changed").allTextContents()).toEqual([
      expect.stringContaining("b7710f09-0000-4000-8000-000000000002"),
      expect.stringContaining('"rev": 7'),
    ]);
    const symbol = frame.locator(".symbol").first();
    await symbol.hover();
    expect(await page.locator("#tip").textContent()).toContain(
      "bound at step 1, frame 1, /payload/entry/sessionId",
    );
    await picture("symbol");
    await page.mouse.move(5, 5);
    expect(await page.locator("#tip").isVisible()).toBe(false);
    await symbol.focus();
    expect(await page.locator("#tip").isVisible()).toBe(true);
    const before = await frame.locator("tbody tr").count();
    await frame.locator(".fold button").first().click();
    expect(await frame.locator("tbody tr").count()).toBeGreaterThan(before);
    await page.locator(".repeat button").click();
    await expect.poll(() => page.locator(".repeat button").textContent()).toBe("Copied");
  });

  it("is driven by the keyboard alone", async () => {
    await open("failing");
    await page.keyboard.press("/");
    await page.keyboard.type("health");
    await page.keyboard.press("Enter");
    const first = await title();
    await page.keyboard.press("j");
    expect(await title()).not.toBe(first);
    await page.keyboard.press("k");
    expect(await title()).toBe(first);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    expect(await page.evaluate("document.activeElement.id")).toBe("detail-title");
    await page.keyboard.press("Escape");
    expect(await page.evaluate("document.activeElement.id")).toBe("list");
    await page.keyboard.press("/");
    await page.keyboard.press("Escape");
    expect(await page.locator("#search").inputValue()).toBe("");
    await page.keyboard.press("Escape");
    await page.keyboard.press("End");
    expect(await title()).toContain("frames/hostile");
    expect(decodeURIComponent(new URL(page.url()).hash)).toContain("frames/hostile");
    await page.keyboard.press("?");
    expect(await page.locator("#help").isVisible()).toBe(true);
    await page.locator("#help button").click();
    expect(await page.locator("#help").isVisible()).toBe(false);
  });

  it("takes nothing a target wrote for markup", async () => {
    await open("failing");
    await page.locator("#search").fill("frames/hostile");
    await rows().first().click();
    expect(await page.locator("#detail .title").textContent()).toContain(
      "</script><script>alert(1)</script>",
    );
    expect(await page.locator("script").count()).toBe(2);
    expect(await page.locator("#detail b").count()).toBe(0);
  });

  it("10 000 cases: only the rows in sight exist, the last is one key away, a search finds one", async () => {
    await open("large");
    expect(await page.locator("#shown").textContent()).toBe("10000 cases");
    expect(await rows().count()).toBeLessThan(80);
    await page.locator("#list").focus();
    await page.keyboard.press("End");
    expect(await title()).toContain("[input=9999]");
    await picture("large");
    await page.locator("#list").evaluate((list) => (list.scrollTop = 200_000));
    await expect.poll(() => rows().first().textContent()).toMatch(/input=49\d\d/);
    expect(await rows().count()).toBeLessThan(80);
    await page.keyboard.press("/");
    await page.keyboard.type("input=7777");
    expect(await rows().count()).toBe(1);
  });

  it("light and dark follow the system until the reader decides", async () => {
    const ground = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
    await open("failing", { colorScheme: "dark" });
    const dark = await ground();
    await picture("failing-dark");
    await page.locator("#theme").click();
    const light = await ground();
    expect(light).not.toBe(dark);
    await page.reload();
    expect(await ground()).toBe(light);
    await page.emulateMedia({ colorScheme: "light" });
    await page.keyboard.press("t");
    expect(await ground()).toBe(dark);
  });

  it.each(["light", "dark"] as const)("every text stands out from its ground: %s", async (colorScheme) => {
    await open("failing", { colorScheme }, `#${encodeURIComponent(patchedCase.id)}`);
    const faint = await page.evaluate(`(${faintTexts.toString()})()`);
    expect(faint).toEqual([]);
  });

  it("on a narrow page nothing is wider than the page, and a case opens below the list", async () => {
    await open("failing", { viewport: { width: 400, height: 850 } });
    await picture("narrow", true);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(400);
    await page.locator("#search").fill(patchedCase.id);
    await rows().first().click();
    expect((await page.locator("#detail").boundingBox())?.y).toBeLessThan(100);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(400);
    await picture("narrow-case");
  });

  it("without script, and on paper, the failures are there as text", async () => {
    await open("failing", { javaScriptEnabled: false });
    expect(await page.locator(".static li").count()).toBe(13);
    expect(await page.locator(".workspace").isVisible()).toBe(false);
    await page.context().close();
    await open("failing");
    expect(await page.locator(".static").isVisible()).toBe(false);
    await page.emulateMedia({ media: "print" });
    expect(await page.locator(".static").isVisible()).toBe(true);
    expect(await page.locator(".workspace").isVisible()).toBe(false);
  });
});

/** Runs in the page: texts whose contrast is below WCAG AA (4.5 : 1, large ones 3 : 1), as `text: ratio`. */
function faintTexts(): string[] {
  const view = globalThis as unknown as {
    document: {
      querySelectorAll: (selector: string) => Iterable<Node>;
      createElement: (name: "canvas") => {
        getContext: (
          kind: "2d",
          options: object,
        ) => {
          fillStyle: string;
          clearRect: (...box: number[]) => void;
          fillRect: (...box: number[]) => void;
          getImageData: (...box: number[]) => { data: ArrayLike<number> };
        };
      };
    };
    getComputedStyle: (node: Node) => {
      color: string;
      backgroundColor: string;
      fontSize: string;
      opacity: string;
    };
  };
  interface Node {
    readonly parentElement: Node | null;
    readonly childNodes: Iterable<{ readonly nodeType: number; readonly textContent: string | null }>;
    readonly textContent: string | null;
    checkVisibility: () => boolean;
  }
  const brush = view.document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const pixel = (colours: readonly string[]): number[] => {
    brush.clearRect(0, 0, 1, 1);
    for (const colour of colours) {
      brush.fillStyle = colour;
      brush.fillRect(0, 0, 1, 1);
    }
    return Array.from(brush.getImageData(0, 0, 1, 1).data).slice(0, 3);
  };
  const brightness = (rgb: readonly number[]) => {
    const [r = 0, g = 0, b = 0] = rgb.map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const faint: string[] = [];
  for (const node of view.document.querySelectorAll("body *:not(script):not(style):not(option)")) {
    const own = [...node.childNodes].some(
      (child) => child.nodeType === 3 && (child.textContent ?? "").trim() !== "",
    );
    if (!own || !node.checkVisibility()) continue;
    const grounds: string[] = [];
    for (let at: Node | null = node; at !== null; at = at.parentElement) {
      grounds.unshift(view.getComputedStyle(at).backgroundColor);
    }
    const style = view.getComputedStyle(node);
    const [a, b] = [brightness(pixel(grounds)), brightness(pixel([...grounds, style.color]))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const needed = Number.parseFloat(style.fontSize) >= 24 ? 3 : 4.5;
    if (ratio < needed || style.opacity !== "1")
      faint.push(`${node.textContent?.slice(0, 40)}: ${ratio.toFixed(2)}`);
  }
  return faint;
}
