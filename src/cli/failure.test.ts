import { CommanderError } from "commander";
import { describe, expect, it } from "vitest";
import { LOCKSTEP_ERRORS, LockstepError, type LockstepErrorCode } from "../contract/index.ts";
import { GatewayError } from "../gateway/index.ts";
import { reportFailure } from "./failure.ts";

function report(error: unknown, verbose = false) {
  let text = "";
  const exitCode = reportFailure(error, { err: (more) => (text += more) }, verbose);
  return { exitCode, text };
}

describe("reportFailure", () => {
  it.each(Object.entries(LOCKSTEP_ERRORS) as [LockstepErrorCode, number][])(
    "%s ends in %i",
    (code, exitCode) => {
      const error = new LockstepError(code, "it went wrong", {
        hint: "mend it",
        cause: new Error("no disk"),
      });
      expect(report(error)).toEqual({
        exitCode,
        text: `error: it went wrong\n  because: no disk\nhint: mend it\ncode: ${code} (exit ${exitCode})\n`,
      });
    },
  );

  it("a gateway that does not start is a matter of usage", () => {
    expect(report(new GatewayError("PORT_IN_USE", "port 1 is taken", "take another"))).toEqual({
      exitCode: 2,
      text: "error: port 1 is taken\nhint: take another\ncode: PORT_IN_USE (exit 2)\n",
    });
  });

  it("what nobody expected is our own fault, with its place when asked for", () => {
    expect(report(new TypeError("x is undefined"))).toMatchObject({ exitCode: 5 });
    expect(report(new TypeError("x is undefined")).text).not.toContain("failure.test");
    expect(report(new TypeError("x is undefined"), true).text).toContain("failure.test");
    expect(report("a text")).toMatchObject({
      exitCode: 5,
      text: expect.stringContaining("a text") as string,
    });
  });

  it("commander has said itself what is wrong", () => {
    expect(report(new CommanderError(1, "commander.unknownOption", "x"))).toEqual({ exitCode: 2, text: "" });
    expect(report(new CommanderError(0, "commander.helpDisplayed", "x"))).toEqual({ exitCode: 0, text: "" });
  });
});
