import { appendFile, readFile, rename, rm, writeFile } from "node:fs/promises";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { rehearseRollback } from "../../src/harness/rollback/index.ts";
import type { Target } from "../../src/harness/target/index.ts";
import { brokenTarget, referenceTarget } from "../support/reference.ts";

type Store = Record<string, Record<string, unknown>>;

/** The bundled gateway, and something that happens to its state directory after each stop. */
function careless(spoil: (stateDir: string) => Promise<void>): Target {
  const target = referenceTarget();
  return {
    ...target,
    name: "careless",
    launch: async (state, conditions) => {
      const running = await target.launch(state, conditions);
      return {
        ...running,
        dispose: async () => {
          await running.dispose();
          await spoil(running.stateDir ?? "");
        },
      };
    },
  };
}

const STORE = "agents/main/sessions/sessions.json";

const editStore = (edit: (store: Store) => Store | void) => async (stateDir: string) => {
  const file = join(stateDir, STORE);
  const store = JSON.parse(await readFile(file, "utf8")) as Store;
  await writeFile(file, JSON.stringify(edit(store) ?? store, null, 2));
};

/** The first session of a store that nobody writes to in a rehearsal of this size. */
const untouched = (store: Store): Record<string, unknown> =>
  store["agent:main:main"] ?? store["global"] ?? {};

/** The transcript of no session that is in every rehearsal. */
function transcript(stateDir: string): string {
  const folder = join(stateDir, "agents/main/sessions");
  return join(folder, readdirSync(folder).find((name) => name.startsWith("0a2f0000-")) ?? "none");
}

/** What breaks, and one difference that says so: its part, who read it, and where. */
const BREAKAGES: [string, (stateDir: string) => Promise<void>, { part: string; where: RegExp }][] = [
  [
    "drops a field that it does not know",
    editStore((store) => {
      delete untouched(store)["x-later"];
    }),
    { part: "store", where: /sessions\.json "global"/ },
  ],
  [
    "changes a label",
    editStore((store) => {
      for (const entry of Object.values(store)) if (entry["label"] !== undefined) entry["label"] = "Other";
    }),
    { part: "answer", where: /^sessions\.list / },
  ],
  [
    "forgets a session",
    editStore(({ global: _gone, ...store }) => store),
    { part: "store", where: /"global"/ },
  ],
  [
    "writes numbers as texts",
    editStore((store) => {
      for (const entry of Object.values(store)) entry["updatedAt"] = String(entry["updatedAt"]);
    }),
    { part: "answer", where: /^sessions\.list / },
  ],
  [
    "cuts a transcript",
    async (stateDir) => {
      const file = transcript(stateDir);
      const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
      await writeFile(file, `${lines.slice(0, -1).join("\n")}\n`);
    },
    { part: "answer", where: /^usage\.cost / },
  ],
  [
    "appends to a transcript of no session",
    (stateDir) => appendFile(transcript(stateDir), "{}\n"),
    { part: "file", where: /sessions\/0a2f0000-.*\.jsonl$/ },
  ],
  [
    "writes a file of others anew",
    async (stateDir) => {
      const file = join(stateDir, "credentials/oauth.json");
      await writeFile(file, JSON.stringify(JSON.parse(await readFile(file, "utf8"))));
    },
    { part: "file", where: /^credentials\/oauth\.json$/ },
  ],
  [
    "removes a file that it does not know",
    (stateDir) => rm(join(stateDir, "agents/main/sessions/keep.me"), { force: true }),
    { part: "file", where: /keep\.me$/ },
  ],
  [
    "keeps its sessions where the other does not look",
    (stateDir) => rename(join(stateDir, STORE), join(stateDir, `${STORE}.mine`)),
    { part: "answer", where: /^sessions\.list / },
  ],
  [
    "forgets who is paired",
    async (stateDir) => {
      const file = join(stateDir, "devices/paired.json");
      const devices = Object.entries(JSON.parse(await readFile(file, "utf8")) as Store);
      const kept = devices.map(([id, device]) => [id, { ...device, tokens: {} }]);
      await writeFile(file, JSON.stringify(Object.fromEntries(kept)));
    },
    { part: "file", where: /^devices\/paired\.json$/ },
  ],
];

const rehearse = (target: Target) =>
  rehearseRollback({
    oracle: referenceTarget(),
    target,
    agents: 2,
    sessions: 24,
    sample: 6,
    timeoutMs: 10_000,
  });

describe.concurrent("a rehearsal of a roll-back", { timeout: 60_000 }, () => {
  it("finds nothing in a gateway that keeps what it was given", async () => {
    const report = await rehearse(referenceTarget());
    expect(report.differences).toEqual([]);
    expect(report.turns.map(({ role }) => role)).toEqual(["oracle", "target", "oracle", "target"]);
    expect(report.turns.every(({ sessions }) => sessions >= 24)).toBe(true);
    expect(report.turns.slice(1).every(({ compared }) => compared > 100)).toBe(true);
  });

  it.each(BREAKAGES)("finds one that %s", async (_name, spoil, { part, where }) => {
    const { differences } = await rehearse(careless(spoil));
    expect(differences).toContainEqual(
      expect.objectContaining({ part, wrote: "careless", where: expect.stringMatching(where) as unknown }),
    );
  });

  it("finds one that reads another thing than was written", async () => {
    const target = brokenTarget({
      frame: (frame, { method }) =>
        method === "chat.history" && frame.payload !== undefined
          ? [{ ...frame, payload: { ...frame.payload, thinkingLevel: "other" } }]
          : [frame],
    });
    const { differences } = await rehearse(target);
    expect(differences).toContainEqual(
      expect.objectContaining({
        part: "answer",
        wrote: "reference",
        read: "broken",
        pointer: "/thinkingLevel",
      }),
    );
  });

  it("finds one that refuses a change", async () => {
    const error = { code: "UNAVAILABLE", message: "read only" };
    const target = brokenTarget({
      frame: (frame, { method }) =>
        method === "sessions.compact" ? [{ ...frame, ok: false, payload: undefined, error }] : [frame],
    });
    const { differences } = await rehearse(target);
    expect(differences).toContainEqual(
      expect.objectContaining({ part: "write", message: "was refused: read only" }),
    );
  });

  it("stops at an oracle that lists no sessions", async () => {
    const oracle = brokenTarget({
      frame: (frame, { method }) =>
        method === "sessions.list" ? [{ ...frame, payload: { sessions: [] } }] : [frame],
    });
    const failure = rehearseRollback({
      oracle,
      target: referenceTarget(),
      agents: 2,
      sessions: 24,
      sample: 6,
      timeoutMs: 10_000,
    });
    await expect(failure).rejects.toMatchObject({ code: "TARGET_UNREACHABLE" });
  });
});
