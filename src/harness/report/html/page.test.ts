import { createHash } from "node:crypto";
import { anything, assert, property } from "fast-check";
import { Script } from "node:vm";
import { describe, expect, it } from "vitest";
import { CANONICAL_RUNS } from "../../../../test/support/canonical-runs.ts";
import { HOSTILE, SAMPLES } from "../../../../test/support/report-samples.ts";
import { VERDICT_WORDS } from "../verdict.ts";
import { clientScript } from "./client-script.ts";
import { embedJson, escapeHtml } from "./embed.ts";
import { renderHtml } from "./page.ts";

describe("embedJson", () => {
  it("cannot end its element, and reads back the same", () => {
    const text = embedJson({ [HOSTILE]: HOSTILE });
    expect(text).not.toMatch(/[<>&\u2028\u2029]|\p{Cc}/u);
    expect(JSON.parse(text)).toEqual({ [HOSTILE]: HOSTILE });
    assert(
      property(anything(), (value) => {
        const json = JSON.stringify([value]);
        expect(JSON.stringify(JSON.parse(embedJson([value])))).toBe(JSON.stringify(JSON.parse(json)));
      }),
    );
  });
});

describe("escapeHtml", () => {
  it("leaves no mark-up, no control characters, no text that runs backwards", () => {
    expect(escapeHtml(`${HOSTILE}\ud800`)).not.toMatch(/[<>"'\u202e]|\p{Cc}|\p{Cs}/u);
    expect(escapeHtml("a & b\n\tc")).toBe("a &amp; b\n\tc");
  });
});

describe("clientScript", () => {
  it("is one script without imports, exports or names that collide", () => {
    const script = clientScript();
    expect(script).not.toMatch(/^\s*(?:import|export)\s/m);
    expect(() => new Script(script)).not.toThrow();
    expect(script).not.toContain("</script");
    expect(script).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|eval\(|https?:/);
    expect(script.trimEnd()).toMatch(/startPage\(\);\n\}$/);
  });
});

describe("renderHtml", () => {
  const html = renderHtml(SAMPLES.failing());

  it("allows its own script and styles and nothing else", () => {
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? "";
    const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
    const script = /<script>([\s\S]*?)<\/script>/.exec(html)?.[1] ?? "";
    const styles = /<style>([\s\S]*?)<\/style>/.exec(html)?.[1] ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`script-src ${hash(script)};`);
    expect(policy).toContain(`style-src ${hash(styles)};`);
    expect(policy).not.toContain("unsafe");
    expect(html).not.toMatch(
      /\s(?:style|src|on[a-z]+)=|<link rel="icon" href="(?!data:,")|<link (?!rel="icon")/,
    );
    // Links lead away only when somebody follows them, and tell nobody where from.
    const links = html.match(/<a href="https?:[^>]*>/g) ?? [];
    expect(links.length).toBeGreaterThan(0);
    for (const link of links) expect(link).toContain('rel="noreferrer noopener"');
  });

  it("lets nothing a target wrote be markup", () => {
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html.match(/<\/script/g)).toHaveLength(2);
    expect(html).not.toContain("<b>&amp;");
  });

  it("holds 10 000 passing cases in well under 6 MB", () => {
    expect(Buffer.byteLength(renderHtml(SAMPLES.large()))).toBeLessThan(1_500_000);
  });

  it.each(CANONICAL_RUNS)("says the verdict before anything else: %s", (_name, outcome, exitCode) => {
    const page = renderHtml(outcome);
    expect(page).toMatch(new RegExp(`<h1[^>]*>.*</span> ${VERDICT_WORDS[outcome.verdict]}</h1>`));
    expect(page).toContain(`<dt>Exit code</dt><dd>${exitCode}</dd>`);
    expect(page.indexOf("<h1")).toBeLessThan(page.indexOf("<h2"));
    for (const { id } of outcome.waivers) expect(page).toContain(`<code>${id}</code>`);
  });
});
