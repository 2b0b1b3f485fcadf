import { expect, test } from "vitest";
import { answering, run } from "../../../test/support/run-scenario.ts";
import type { Step } from "../scenario/index.ts";

async function deletedBy(
  steps: Step[],
  launches: boolean,
): Promise<{ deleted: unknown[]; run: unknown; breaches: number }> {
  const deleted: unknown[] = [];
  const script = answering((method, params) => {
    if (method === "sessions.delete") deleted.push(params["key"]);
    return {};
  });
  const { known, breaches } = await run({ steps }, script, { launches });
  return { deleted, run: known["run"], breaches: breaches.length };
}

const patch = (key: string): Step => ({ call: "made.up", params: { key } });

test("on a shared endpoint the case's own sessions are deleted, once each, and nobody else's", async () => {
  const steps = [patch("{{key:a}}"), patch("{{key:b}}"), patch("{{key:a}}"), patch("main")];
  const { deleted, run: id, breaches } = await deletedBy(steps, false);
  expect(deleted).toEqual([`agent:main:lockstep-${String(id)}-a`, `agent:main:lockstep-${String(id)}-b`]);
  expect(breaches).toBe(0);
});

test("a case that only read deletes nothing", async () => {
  const { deleted } = await deletedBy([{ call: "sessions.list", params: { search: "{{key:a}}" } }], false);
  expect(deleted).toEqual([]);
});

test("state of our own goes with its folder", async () => {
  const { deleted } = await deletedBy([patch("{{key:a}}")], true);
  expect(deleted).toEqual([]);
});
