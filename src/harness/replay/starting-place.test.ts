import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { suiteOf } from "../../../test/support/made-suite.ts";
import { scriptedTarget } from "../../../test/support/scripted-target.ts";
import { MODEL_FIXTURES } from "../model/index.ts";
import type { FixtureFile } from "../scenario/index.ts";
import { createLauncher } from "./starting-place.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "lockstep-place-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

const STORE = "agents/main/sessions/sessions.json";
const fixture: FixtureFile = {
  id: "one",
  title: "A fixture of some length",
  config: { logging: { level: "trace" } },
  stores: { main: { "agent:main:given": {} } },
};
const models = [...MODEL_FIXTURES].map(([id, data]) => ({ ...data, id }));
const suite = suiteOf({}, [fixture, ...models]);
const friendly = () => scriptedTarget(() => ({}));

describe("createLauncher", () => {
  it("launches every target in the same state, and clears all of them away", async () => {
    const targets = [friendly(), friendly()];
    const launcher = await createLauncher({ given: ["one"] }, suite);
    for (const target of targets) await launcher.launch(target);
    const states = targets.flatMap(({ instances }) => instances.map(({ initial }) => initial));
    expect(states).toHaveLength(2);
    expect(states[0]).toEqual(states[1]);
    expect(states[0]?.config).toMatchObject({ logging: { level: "trace" } });
    expect(JSON.parse(states[0]?.files.get(STORE) ?? "")).toEqual({ "agent:main:given": {} });
    await launcher.dispose();
    for (const { instances } of targets) expect(instances).toMatchObject([{ disposed: true }]);
  });

  it("copies of a state directory what says which sessions there are, and nothing else", async () => {
    await write(STORE, '{"agent:main:mine":{}}');
    await write("agents/ops/sessions/a.jsonl", "line\n");
    await write("agents/ops/sessions/a.jsonl.lock", "1");
    await write("agents/ops/sessions/deep/b.jsonl", "no");
    await write("agents/ops/agent/auth.json", "secret");
    await write("openclaw.json", "secret");
    await mkdir(join(root, "agents/ops/sessions/folder.json"));
    const target = friendly();
    const launcher = await createLauncher({ given: ["one"], state: root }, suite);
    await launcher.launch(target);
    const [instance] = target.instances;
    // What is copied takes the place of what a fixture put there.
    expect(instance?.initial.files).toEqual(
      new Map([
        [STORE, '{"agent:main:mine":{}}'],
        ["agents/ops/sessions/a.jsonl", "line\n"],
      ]),
    );
    await launcher.dispose();
  });

  it("gives targets a scripted model for as long as they run", async () => {
    const target = friendly();
    const launcher = await createLauncher({ given: ["model:echo"] }, suite);
    await launcher.launch(target);
    const config = JSON.stringify(target.instances[0]?.initial.config);
    const url = /http:\/\/127\.0\.0\.1:\d+\/v1/.exec(config)?.[0] ?? "";
    const ask = () =>
      fetch(`${url}/chat/completions`, {
        method: "POST",
        body: JSON.stringify({ model: "echo", messages: [{ role: "user", content: "hi" }] }),
      });
    expect(await (await ask()).text()).toContain("You said: hi.");
    await launcher.dispose();
    await expect(ask()).rejects.toThrow("fetch failed");
  });

  it("takes a running endpoint as it is", async () => {
    const target = scriptedTarget(() => ({}), { launches: false });
    const launcher = await createLauncher({ given: ["one"] }, suite);
    await launcher.launch(target);
    expect(target.instances[0]?.initial).toEqual({ config: {}, files: new Map(), env: {} });
    await launcher.dispose();
  });

  it.each([
    ["two", undefined, "FIXTURE_INVALID", "there is no fixture two"],
    ["model:nobody", undefined, "FIXTURE_INVALID", "there is no fixture model:nobody"],
    ["one", "nowhere", "USAGE", "cannot be read"],
    ["one", ".", "USAGE", "holds no sessions"],
  ])("refuses fixture %s and state %s: %s", async (given, state, code, message) => {
    const place = { given: [given], ...(state === undefined ? {} : { state: join(root, state) }) };
    await expect(createLauncher(place, suite)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    });
  });

  it("clears away the rest when one cannot be", async () => {
    const stubborn = friendly();
    const last = friendly();
    const launcher = await createLauncher({ given: [] }, suite);
    const running = await launcher.launch({
      ...stubborn,
      launch: async (...args) => ({
        ...(await stubborn.launch(...args)),
        dispose: () => Promise.reject(new Error("stuck")),
      }),
    });
    await launcher.launch(last);
    await launcher.dispose();
    expect(last.instances).toMatchObject([{ disposed: true }]);
    await expect(running.dispose()).rejects.toThrow("stuck");
  });
});
