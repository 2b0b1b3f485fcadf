import { expect, test } from "vitest";
import { answeredBefore } from "./answered-by.ts";
import { gatewayMessage } from "./messages.ts";

const config = { models: { providers: { stub: { models: [{ id: "echo", contextWindow: 9 }] } } } };
const said = (model: string) => ({ role: "assistant", provider: "stub", model });
const asked = { role: "user" };

test.each([
  ["nobody", [asked, said("silent")], undefined, undefined],
  ["nobody who has a name", [{ role: "assistant" }, asked, said("silent")], undefined, undefined],
  [
    "a configured model",
    [asked, said("echo"), asked, said("silent")],
    7,
    { provider: "stub", model: "echo", contextTokens: 9 },
  ],
  [
    "a model that is gone",
    [said("old"), asked, said("silent")],
    7,
    { provider: "stub", model: "old", contextTokens: 7 },
  ],
  [
    "the gateway itself",
    [said("echo"), gatewayMessage("Thinking disabled.", 1), asked, said("silent")],
    undefined,
    { provider: "openclaw", model: "gateway-injected", contextTokens: 200_000 },
  ],
])("before an aborted run %s answered", (_, messages, stated, expected) => {
  expect(answeredBefore(config, messages, stated)).toEqual(expected);
});

test("a window that is configured for all counts for whoever answered", () => {
  const all = { agents: { defaults: { contextTokens: 5 } } };
  expect(answeredBefore(all, [said("old"), asked, said("x")], 7)).toMatchObject({ contextTokens: 5 });
});
