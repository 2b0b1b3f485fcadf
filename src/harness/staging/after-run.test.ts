import { expect, test } from "vitest";
import { createDevice } from "../../wire/index.ts";
import { answering, type Answer } from "../../../test/support/run-scenario.ts";
import { scriptedTarget } from "../../../test/support/scripted-target.ts";
import { cleanUpAfterRun } from "./after-run.ts";
import { Pace } from "./pace.ts";

const OURS = ["agent:main:lockstep-abcde000-a", "agent:main:lockstep-abcde001-b"];
const OTHERS = [
  "agent:main:lockstep-fghij000-a",
  "agent:main:lockstep-notes",
  "agent:main:main",
  "agent:ops:lockstep-abcde000-a",
];

/** A gateway with sessions that can be deleted, unless it refuses to. */
function gatewayWith(answer: (keys: Set<string>) => Answer) {
  const keys = new Set([...OURS, ...OTHERS]);
  const asked: unknown[] = [];
  const script = answering((method, params) => {
    if (method === "sessions.delete") asked.push(params["key"]);
    return answer(keys)(method, params);
  });
  return { keys, asked, target: scriptedTarget(script, { launches: false }) };
}

const rows = (keys: Iterable<string>) => ({
  payload: { sessions: [...keys].map((key) => ({ key, updatedAt: 1 })) },
});
const working =
  (keys: Set<string>): Answer =>
  (method, params) => {
    if (method === "sessions.list") return rows(keys);
    keys.delete(String(params["key"]));
    return { payload: { ok: true } };
  };

async function cleanAfter(gateway: ReturnType<typeof gatewayWith>, wrote = true) {
  const running = await gateway.target.launch({ config: {}, files: new Map(), env: {} }, {});
  try {
    const endpoint = { url: running.url, token: "", device: createDevice(), scopes: [] };
    const use = {
      writes: true,
      negative: false,
      run: "abcde",
      pace: new Pace(Infinity),
      log: { wrote, cases: 0 },
    };
    return await cleanUpAfterRun("wss://staging.example", endpoint, use);
  } finally {
    await running.dispose();
  }
}

test("what the run made is deleted, what others made is not named, and there is nothing to say", async () => {
  const gateway = gatewayWith(working);
  expect(await cleanAfter(gateway)).toEqual([]);
  expect(gateway.asked).toEqual(OURS);
  expect([...gateway.keys]).toEqual(OTHERS);
});

test("a run that wrote nothing asks nothing", async () => {
  const gateway = gatewayWith(working);
  expect(await cleanAfter(gateway, false)).toEqual([]);
  expect(gateway.asked).toEqual([]);
});

test("a gateway that says it deleted and did not is found out, with the command that tries again", async () => {
  const gateway = gatewayWith(
    (keys) => (method) => (method === "sessions.list" ? rows(keys) : { payload: { ok: true } }),
  );
  const [finding] = await cleanAfter(gateway);
  expect(finding?.title).toBe("2 of this run's sessions are still on the target");
  expect(finding?.detail).toContain(OURS[0]);
  expect(finding?.detail).toContain("lockstep cleanup wss://staging.example --run abcde");
});

test("a refusal is named", async () => {
  const gateway = gatewayWith(
    (keys) => (method) =>
      method === "sessions.list"
        ? rows(keys)
        : { ok: false, error: { code: "INVALID_REQUEST", message: "missing scope: operator.admin" } },
  );
  expect((await cleanAfter(gateway))[0]?.detail).toContain("missing scope: operator.admin");
});

test("where the list is refused, nobody claims that all is well", async () => {
  const gateway = gatewayWith(() => () => ({ ok: false, error: { code: "X", message: "no list" } }));
  const [finding] = await cleanAfter(gateway);
  expect(finding?.title).toMatch(/nobody knows/);
  expect(finding?.detail).toMatch(/no list[^]*lockstep cleanup/);
});

test("a list with rows that are no sessions is read all the same", async () => {
  const gateway = gatewayWith((keys) => (method, params) => {
    if (method !== "sessions.list") return working(keys)(method, params);
    return { payload: { sessions: [null, 7, ...rows(keys).payload.sessions] } };
  });
  expect(await cleanAfter(gateway)).toEqual([]);
  expect(gateway.asked).toEqual(OURS);
});
