import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { avatarUrl } from "./avatar-file.ts";
import { parseIdentityFile, resolveIdentity } from "./identity.ts";
import { listModels } from "./model-list.ts";
import { workspaceOf } from "./workspace.ts";

describe("IDENTITY.md", () => {
  test("labelled lines count, the last of a kind; what the template asks does not", () => {
    const text = [
      "# IDENTITY",
      "- **Name:** First",
      "- **Name:** Crab",
      "* **Emoji:** 🦀",
      "emoji: 🦀",
      "- **Avatar:** _(workspace-relative path, http(s) URL, or data URI)_",
      "- **Vibe:** calm",
      "no label",
    ].join("\r\n");
    expect(parseIdentityFile(text)).toEqual({ name: "Crab", emoji: "🦀" });
    expect(parseIdentityFile("- **Emoji:** _(your signature — pick one that feels right)_")).toEqual({});
  });
});

describe("who an agent is", () => {
  const resolve = (identity: object, file = {}, extra = {}) =>
    resolveIdentity({ agents: { list: [{ id: "a", identity }] }, ...extra }, "a", file);

  test("an agent without anything is the assistant", () => {
    expect(resolveIdentity({}, "a", {})).toEqual({ agentId: "a", name: "Assistant", avatar: "A" });
  });

  test("the configuration comes before the file, `ui.assistant` before both", () => {
    const own = { name: " Own ", avatar: "https://x/y.png" };
    const file = { name: "File", emoji: "🦀" };
    expect(resolve(own, file)).toEqual({ agentId: "a", name: "Own", avatar: "https://x/y.png", emoji: "🦀" });
    expect(resolve(own, file, { ui: { assistant: { name: "Ui", avatar: "U" } } })).toMatchObject({
      name: "Ui",
      avatar: "U",
    });
  });

  test.each([
    [{ emoji: "🦀" }, { avatar: "🦀", emoji: "🦀" }],
    [{ emoji: "crab" }, { avatar: "crab" }],
    [{ avatar: "avatars/a.png" }, { avatar: "/avatar/a" }],
    [{ avatar: "too long" }, { avatar: "A" }],
    [{ avatar: "data:image/png;base64,AA" }, { avatar: "data:image/png;base64,AA" }],
    [{ avatar: "/avatar/other" }, { avatar: "/avatar/other" }],
    [{ name: "n".repeat(60) }, { name: "n".repeat(50), avatar: "A" }],
  ])("%j appears as %j", (identity, expected) => {
    expect(resolve(identity)).toEqual({ agentId: "a", name: "Assistant", ...expected });
  });
});

describe("avatar files", () => {
  let workspace: string;
  beforeAll(async () => {
    workspace = await mkdtemp(join(tmpdir(), "lockstep-avatar-"));
    await mkdir(join(workspace, "in"));
    await writeFile(join(workspace, "in", "a.png"), "PNG");
    await writeFile(join(workspace, "secret.png"), "secret");
    await symlink(join(workspace, "secret.png"), join(workspace, "in", "link.png"));
  });
  afterAll(() => rm(workspace, { recursive: true, force: true }));

  test.each([
    ["https://x/y.png", "https://x/y.png"],
    ["a.png", "data:image/png;base64,UE5H"],
    ["./a.png", "data:image/png;base64,UE5H"],
    ["../secret.png", undefined],
    ["link.png", undefined],
    ["/etc/hosts", undefined],
    ["~/a.png", undefined],
    ["file:///etc/hosts", undefined],
    ["none.png", undefined],
    [".", undefined],
  ])("%s is shown as %s", async (avatar, expected) => {
    expect(await avatarUrl(avatar, join(workspace, "in"))).toBe(expected);
  });
});

test("where agents work", () => {
  const config = {
    agents: {
      defaults: { workspace: "~/shared" },
      list: [
        { id: "A B", default: true },
        { id: "c", workspace: "/c" },
      ],
    },
  };
  const of = (agentId: string, given = config, env = {}) =>
    workspaceOf(given, agentId, "/s", { HOME: "/h", ...env });
  expect(["a-b", "c", "d"].map((id) => of(id))).toEqual(["/h/shared", "/c", "/s/workspace-d"]);
  expect(workspaceOf({}, "main", "/s", { HOME: "/h" })).toBe("/h/.openclaw/workspace");
  expect(workspaceOf({}, "main", "/s", { HOME: "/h", OPENCLAW_PROFILE: "x" })).toBe(
    "/h/.openclaw/workspace-x",
  );
});

test("models are sorted by provider and name; a model that was not described is completed", () => {
  const models = listModels({
    models: {
      providers: {
        zeta: { models: [{ id: "z" }] },
        alpha: {
          models: [
            { id: "2", name: "Zed" },
            { id: " ", name: "blank" },
            { id: "1", name: "an" },
          ],
        },
      },
    },
  });
  expect(models.map(({ provider, id }) => `${provider}/${id}`)).toEqual(["alpha/1", "alpha/2", "zeta/z"]);
  expect(models[2]).toEqual({
    id: "z",
    name: "z",
    provider: "zeta",
    contextWindow: 200_000,
    reasoning: false,
    input: ["text"],
  });
});
