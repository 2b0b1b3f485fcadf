import { describe, expect, it } from "vitest";
import type { Check } from "../harness/doctor/index.ts";
import { plain } from "../harness/report/paint.ts";
import { checkNode } from "./doctor/check-setup.ts";
import { exitOf, renderChecks } from "./doctor/render-checks.ts";

const check = (name: string, state: Check["state"], about: Check["about"] = "gateway"): Check => ({
  name,
  about,
  state,
  message: `about ${name}`,
});

describe("checkNode", () => {
  it.each(["v20.19.0", "v22.12.0", "v24.0.0", "v25.1.0"])("takes %s", (version) => {
    expect(checkNode(version).state).toBe("ok");
  });
  it.each(["v18.20.0", "v20.18.3", "v21.7.0", "v22.11.0", "v23.6.0"])("refuses %s", (version) => {
    expect(checkNode(version).state).toBe("fail");
  });
});

describe("the conclusion", () => {
  it.each([
    [[check("node", "ok"), check("sqlite", "warn")], 0, "READY  npx lockstep run ws://x"],
    [[check("dialect", "fail")], 1, "GATEWAY  the set-up is fine; the gateway has to change: dialect"],
    [[check("auth", "fail", "set-up"), check("dialect", "fail")], 1, "SET-UP  mend this first: auth"],
    [[check("reach", "fail", "set-up")], 3, "SET-UP  mend this first: reach"],
    [[check("upgrade", "fail")], 3, "GATEWAY"],
  ] satisfies [Check[], number, string][])("%#", (checks, exitCode, text) => {
    expect(exitOf(checks)).toBe(exitCode);
    expect(
      renderChecks(checks, { target: "ws://x", word: "ws://x", paint: plain }).split("\n").at(-2),
    ).toContain(text);
  });

  it("puts what to do below what needs it, each line of it", () => {
    const failed = { ...check("launch", "fail"), advice: "a\nb\n" };
    const text = renderChecks([failed], { target: "cmd:a b", word: undefined, paint: plain });
    expect(text).toBe(
      "target  cmd:a b\n\nfail  launch  about launch\n              a\n              b\n\nGATEWAY  the set-up is fine; the gateway has to change: launch\n",
    );
  });
});
