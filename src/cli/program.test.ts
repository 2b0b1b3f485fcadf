import { describe, expect, it } from "vitest";
import type { Io } from "./io.ts";
import { buildProgram, COMMANDS } from "./program.ts";

const io: Io = {
  out: () => {},
  err: () => {},
  env: {},
  cwd: ".",
  outIsTerminal: false,
  errIsTerminal: false,
  columns: 80,
  interrupted: new AbortController().signal,
};
const namesOf = async (args: readonly string[]): Promise<string[]> =>
  (await buildProgram(args, io, () => {})).commands.map((command) => command.name());

describe("buildProgram", () => {
  it.each(Object.keys(COMMANDS))("loads %s alone when it is asked for", async (name) => {
    expect(await namesOf([name, "--help"])).toEqual([name]);
  });

  it.each([[[]], [["--help"]], [["help", "run"]], [["rnu"]], [["constructor"]]])(
    "loads all commands for %j",
    async (args) => {
      expect(await namesOf(args)).toEqual(Object.keys(COMMANDS));
    },
  );
});
