import { describe, expect, it } from "vitest";
import {
  elevatedLevel,
  execAsk,
  execHost,
  execSecurity,
  reasoningLevel,
  responseUsage,
  supportsXhigh,
  thinkingLevel,
  thinkingLevelsText,
  verboseLevel,
  xhighModelsText,
} from "./levels.ts";

describe("levels", () => {
  it.each([
    ["think-hard", "low"],
    ["think", "minimal"],
    [" MAX ", "high"],
    ["harder", "medium"],
    ["extra  High", "xhigh"],
    ["x_high", "xhigh"],
    ["think-hardest", undefined],
    ["think hard", undefined],
    ["0", undefined],
  ])("thinking %j is %j", (word, level) => {
    expect(thinkingLevel(word)).toBe(level);
  });

  it("trims exec words, but not verbose, reasoning and elevated ones", () => {
    expect(verboseLevel(" on ")).toBeUndefined();
    expect(verboseLevel("EVERYTHING")).toBe("full");
    expect(reasoningLevel("Draft")).toBe("stream");
    expect(elevatedLevel("auto-approve")).toBe("full");
    expect(responseUsage("on")).toBe("tokens");
    expect(execHost(" NODE ")).toBe("node");
    expect(execSecurity("Allowlist")).toBe("allowlist");
    expect(execAsk("on-miss ")).toBe("on-miss");
    expect(execHost("constructor")).toBeUndefined();
  });

  it("knows which models think at xhigh", () => {
    expect(supportsXhigh("OpenAI", " GPT-5.2 ")).toBe(true);
    expect(supportsXhigh("anthropic", "gpt-5.2")).toBe(false);
    expect(supportsXhigh("", "gpt-5.2-codex")).toBe(true);
    expect(supportsXhigh("openai", "")).toBe(false);
  });

  it("names the levels a model offers", () => {
    expect(thinkingLevelsText("anthropic", "x")).toBe("off|minimal|low|medium|high");
    expect(thinkingLevelsText("openai", "gpt-5.2")).toBe("off|minimal|low|medium|high|xhigh");
    expect(thinkingLevelsText("Z.AI", "x")).toBe("off|on");
    expect(xhighModelsText()).toMatch(/^openai\/gpt-5\.2, .* or github-copilot\/gpt-5\.2$/);
  });
});
