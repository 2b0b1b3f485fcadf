import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { LockstepError } from "../../contract/lockstep-error.ts";
import { ensureInstalled, type Installation } from "./openclaw-install.ts";
import { installationLayout } from "./openclaw-packages.ts";
import { withDefaults } from "./options.ts";

const VERSION = "2026.2.17";
let root: string;
let cache: string;
let calls: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "lockstep-install-")));
  cache = join(root, "cache");
  calls = join(root, "calls");
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

/** Puts an `npm` first in the PATH that does `body` in the folder it is run in. */
function withNpm(body: string, onProgress: (text: string) => void = () => undefined) {
  const bin = join(root, "bin");
  mkdirSync(bin, { recursive: true });
  const program = `#!${process.execPath}
const { appendFileSync, mkdirSync, writeFileSync } = require("node:fs");
const { dirname } = require("node:path");
const write = (path) => { mkdirSync(dirname(path), { recursive: true }); writeFileSync(path, "x"); };
appendFileSync(${JSON.stringify(calls)}, process.argv.slice(2).join(" ") + "\\n");
${body}
`;
  writeFileSync(join(bin, "npm"), program, { mode: 0o755 });
  return withDefaults({ env: { PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}` }, onProgress });
}

const { entry, runtime } = installationLayout(process.platform, process.arch);
const good = [entry, ...(runtime === undefined ? [] : [runtime])]
  .map((path) => `write(${JSON.stringify(path)});`)
  .join("\n");
const nothing = (): Promise<void> => Promise.resolve();
const count = (): number => readFileSync(calls, "utf8").trim().split("\n").length;

it("installs once, starts it once, and says so", async () => {
  const said: string[] = [];
  const warmed: Installation[] = [];
  const options = withNpm(good, (text) => said.push(text));
  const warmUp = (installation: Installation): Promise<void> => {
    warmed.push(installation);
    return Promise.resolve();
  };
  const first = await ensureInstalled(VERSION, cache, options, warmUp);
  const again = await ensureInstalled(VERSION, cache, options, warmUp);
  expect(again).toEqual(first);
  expect(warmed).toEqual([first]);
  expect(count()).toBe(1);
  expect(readFileSync(calls, "utf8")).toContain(
    "install --omit=optional --ignore-scripts --no-audit --no-fund",
  );
  expect(existsSync(first.entry)).toBe(true);
  expect(existsSync(first.node)).toBe(true);
  expect(first.folder).toBe(join(cache, `openclaw-${VERSION}`));
  expect(said[0]).toContain(`installing openclaw@${VERSION}`);
  expect(readdirSync(cache)).toEqual([`openclaw-${VERSION}`]);
  expect(JSON.parse(readFileSync(join(first.folder, "package.json"), "utf8"))).toMatchObject({
    dependencies: { openclaw: VERSION },
    overrides: { libsignal: "file:./libsignal-stub", linkedom: "0.18.12" },
  });
  expect(existsSync(join(first.folder, "libsignal-stub/src/curve.js"))).toBe(true);
});

it("is done by one of several that ask at once", async () => {
  const options = withNpm(good);
  const all = await Promise.all([1, 2, 3].map(() => ensureInstalled(VERSION, cache, options, nothing)));
  expect(new Set(all.map(({ folder }) => folder)).size).toBe(1);
  expect(count()).toBe(1);
});

it("says what npm said when npm fails, and leaves nothing half done", async () => {
  const options = withNpm('console.error("npm error 404 no such version"); process.exitCode = 1;');
  const error = await ensureInstalled(VERSION, cache, options, nothing).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(LockstepError);
  expect(error).toMatchObject({ code: "INSTALL_FAILED", exitCode: 3 });
  expect((error as LockstepError).hint).toContain("404 no such version");
  expect((error as LockstepError).hint).toContain("LOCKSTEP_CACHE");
  expect(readdirSync(cache)).toEqual([]);
  await expect(ensureInstalled(VERSION, cache, withNpm(good), nothing)).resolves.toMatchObject({
    version: VERSION,
  });
});

it("fails when npm leaves out what it was asked for", async () => {
  await expect(ensureInstalled(VERSION, cache, withNpm(""), nothing)).rejects.toMatchObject({
    code: "INSTALL_FAILED",
    message: expect.stringContaining("openclaw.mjs") as string,
  });
});

it("is made again when the first start failed", async () => {
  const options = withNpm(good);
  const broken = (): Promise<void> =>
    Promise.reject(new LockstepError("TARGET_DIED", "it ended", { hint: "Cannot find module" }));
  await expect(ensureInstalled(VERSION, cache, options, broken)).rejects.toMatchObject({
    code: "INSTALL_FAILED",
    hint: expect.stringContaining("Cannot find module") as string,
  });
  await ensureInstalled(VERSION, cache, options, nothing);
  expect(count()).toBe(2);
});

it("fails when there is no npm", async () => {
  const options = withDefaults({ env: { PATH: join(root, "nowhere") } });
  await expect(ensureInstalled(VERSION, cache, options, nothing)).rejects.toMatchObject({
    code: "INSTALL_FAILED",
    hint: expect.stringContaining("ENOENT") as string,
  });
});
