import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { reportFailure } from "../../src/cli/failure.ts";
import type { Io } from "../../src/cli/io.ts";
import { buildProgram } from "../../src/cli/program.ts";
import { kindOf, STEP_SCHEMAS } from "../../src/harness/scenario/step-kind.ts";
import { readCommands, type DocumentedCommand } from "./read-commands.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const pages = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
];
const read = (page: string): string => readFileSync(join(ROOT, page), "utf8");
/** Workflows hold commands too: each `run` step counts as a fence without a language. */
const workflows = [
  "docs/examples/github-workflow.yml",
  ...readdirSync(join(ROOT, ".github/workflows")).map((name) => join(".github/workflows", name)),
];
const commands = [
  ...pages.flatMap((page) => readCommands(page, read(page))),
  ...workflows.flatMap((file) =>
    readCommands(file, `\`\`\`\n${read(file).replaceAll(/^\s*(?:- )?run: (?!\|)/gm, "")}\n\`\`\``),
  ),
];

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lockstep-docs-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ioOf = (printed: string[]): Io => ({
  out: (text) => void printed.push(text),
  err: (text) => void printed.push(text),
  env: { PATH: process.env["PATH"], HOME: folder },
  cwd: folder,
  outIsTerminal: false,
  errIsTerminal: false,
  columns: 80,
  interrupted: new AbortController().signal,
});

/** What is wrong with a command line, without running it: a command or flag that is not there, a value it refuses. */
function faultIn(program: Command, words: readonly string[]): string | undefined {
  let command = program;
  let rest = [...words];
  for (;;) {
    const below = command.commands.find((inner) => inner.name() === rest[0]);
    if (below === undefined) break;
    command = below;
    rest = rest.slice(1);
  }
  const isHelp = rest.some((word) => ["--help", "-h", "--version"].includes(word));
  const [next] = rest;
  if (command.commands.length > 0 && next !== undefined && !next.startsWith("-")) {
    return `no command is called ${next}`;
  }
  if (isHelp) return undefined;
  const { operands, unknown } = command.parseOptions(rest.filter((word) => word !== "--verbose"));
  if (unknown.length > 0) return `${command.name()} does not know ${unknown.join(" ")}`;
  const needed = command.registeredArguments.filter(({ required }) => required).length;
  if (operands.length < needed) return `${command.name()} needs ${needed} words`;
  const isEndless = command.registeredArguments.some(({ variadic }) => variadic);
  if (!isEndless && operands.length > command.registeredArguments.length) {
    return `${command.name()} takes no ${operands.at(-1) ?? ""}`;
  }
  return undefined;
}

const places = (of: readonly DocumentedCommand[]) =>
  of.map((command) => [`${command.page}:${command.line}  ${command.text}`, command] as const);

describe("every command in the documentation", () => {
  it("is found", () => {
    expect(commands.length).toBeGreaterThan(30);
    expect(commands.filter(({ isRun }) => isRun).length).toBeGreaterThan(10);
  });

  it.each(places(commands))("%s can be parsed", async (_, { words }) => {
    const program = await buildProgram([], ioOf([]), () => {});
    expect(faultIn(program, words)).toBeUndefined();
  });

  it("would be caught if it were wrong", async () => {
    const program = await buildProgram([], ioOf([]), () => {});
    expect(faultIn(program, ["rnu"])).toContain("rnu");
    expect(faultIn(program, ["run", "--replay"])).toContain("--replay");
    expect(faultIn(program, ["waivers", "chekc"])).toContain("chekc");
    expect(faultIn(program, ["show"])).toContain("needs 1");
    expect(faultIn(program, ["doctor", "a", "b"])).toContain("takes no b");
  });
});

describe("commands in a fence marked sh", () => {
  it.each(places(commands.filter(({ isRun }) => isRun)))(
    "%s ends well",
    async (_, { words }) => {
      const printed: string[] = [];
      const io = ioOf(printed);
      let exitCode = 0;
      try {
        const program = await buildProgram(words, io, (code) => {
          exitCode = code;
        });
        await program.parseAsync([...words], { from: "user" });
      } catch (error) {
        exitCode = reportFailure(error, io, true);
      }
      expect({ exitCode, printed: exitCode === 0 ? "" : printed.join("") }).toEqual({
        exitCode: 0,
        printed: "",
      });
      expect(printed.join("")).not.toBe("");
    },
    60_000,
  );
});

describe("docs/scenario-authors.md", () => {
  const [, block = ""] = /```yaml steps\n([^]*?)```/.exec(read("docs/scenario-authors.md")) ?? [];
  const steps = parseAllDocuments(block).flatMap((document) => document.toJS() as object[]);

  it("has an example of every kind of step", () => {
    expect([...new Set(steps.map((step) => String(kindOf(step))))].toSorted()).toEqual(
      Object.keys(STEP_SCHEMAS).toSorted(),
    );
  });

  it.each(steps.map((step) => [JSON.stringify(step), step] as const))("%s fits", (_, step) => {
    const kind = kindOf(step);
    expect(kind === undefined ? undefined : STEP_SCHEMAS[kind].safeParse(step).error).toBeUndefined();
    expect(kind).toBeDefined();
  });
});

describe("links between pages", () => {
  it.each(pages)("%s leads nowhere that is not there", (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)/g)].map(
      ([, link = ""]) => link,
    );
    const present = (link: string): boolean => {
      const path = join(ROOT, page, "..", link);
      try {
        readdirSync(path);
        return true;
      } catch (error) {
        return (error as NodeJS.ErrnoException).code === "ENOTDIR";
      }
    };
    expect(links.filter((link) => !present(link))).toEqual([]);
  });

  // npm packs README, LICENSE and package.json by itself.
  it.each(pages)("%s leads to what the package holds", (page) => {
    const { files } = JSON.parse(read("package.json")) as { files: string[] };
    const packed = new Set([...files, "README.md", "LICENSE", "package.json"]);
    const links = [...read(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, link = ""]) =>
      normalize(join(page, "..", link)),
    );
    expect(links.filter((link) => !packed.has(link.split(/[\\/]/)[0] ?? ""))).toEqual([]);
  });
});
