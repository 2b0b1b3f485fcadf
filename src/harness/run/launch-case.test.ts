import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scriptedTarget } from "../../../test/support/scripted-target.ts";
import type { StartingState } from "../target/types.ts";
import { fillPlace, launchIn, needsPlace } from "./launch-case.ts";

const state = (more: Partial<StartingState>): StartingState => ({
  config: {},
  env: {},
  files: new Map(),
  ...more,
});
const place = { token: 'to"ken', port: 4711, state: "/s t" };

test("a state that names no place is launched as it is", async () => {
  const plain = state({ config: { a: 1 }, files: new Map([["x", "y"]]) });
  expect(needsPlace(plain)).toBe(false);
  const target = scriptedTarget(() => ({}));
  const running = await launchIn(target, plain, {});
  expect(target.instances[0]?.initial).toBe(plain);
  await running.dispose();
});

test("token, port and state directory are filled in; other templates stay", () => {
  const filled = fillPlace(
    state({
      config: { a: "{{port}}", b: "{{state}}/x {{port}}", c: null },
      env: { D: "{{state}}" },
      files: new Map([["x.json", '{"f":"{{state}}/a","t":"{{token}}","o":"{{other}}"}']]),
    }),
    place,
  );
  expect(filled.config).toEqual({ a: 4711, b: "/s t/x 4711", c: null });
  expect(filled.env).toEqual({ D: "/s t" });
  expect(filled.files.get("x.json")).toBe('{"f":"/s t/a","t":"to\\"ken","o":"{{other}}"}');
});

test("where the place is named, the target is launched before its files are", async () => {
  const named = state({ config: { a: 1 }, files: new Map([["d/x.json", '"{{state}}"']]) });
  const target = scriptedTarget(() => ({}));
  const running = await launchIn(target, named, {});
  expect(target.instances[0]?.initial).toEqual(state({ config: { a: 1 } }));
  expect(target.instances[0]?.starts).toBe(2);
  const { stateDir = "" } = running;
  expect(JSON.parse(await readFile(join(stateDir, "d/x.json"), "utf8"))).toBe(stateDir);
  await running.dispose();
});

test("a target that can be put into another state gets its config that way too", async () => {
  const target = scriptedTarget(() => ({}), { reseeds: true });
  const running = await launchIn(target, state({ config: { store: "{{state}}/s.db" } }), {});
  expect(target.instances[0]?.initial.config).toEqual({});
  expect(target.instances[0]?.reseeds[0]?.config).toEqual({ store: `${running.stateDir}/s.db` });
  await running.dispose();
});

test("any other target cannot have its place in its config", async () => {
  const target = scriptedTarget(() => ({}));
  await expect(launchIn(target, state({ config: { store: "{{state}}/s.db" } }), {})).rejects.toMatchObject({
    code: "FIXTURE_INVALID",
  });
  expect(target.instances.every(({ disposed }) => disposed)).toBe(true);
});
