import { createHash } from "node:crypto";
import * as fc from "fast-check";
import type { Capture, StepCapture } from "../../src/harness/run/capture.ts";

/** A value of an imagined server: a literal, or something that changes from run to run. */
export type Plan =
  | { readonly is: "literal"; readonly value: string | number | boolean | null }
  | { readonly is: "uuid" | "time" | "path" | "label"; readonly id: number }
  | { readonly is: "array"; readonly items: readonly Plan[] }
  | { readonly is: "object"; readonly members: readonly (readonly [string, Plan])[] }
  | { readonly is: "map"; readonly members: readonly (readonly [number, Plan])[] };

const digest = (text: string) => createHash("sha256").update(text).digest("hex");

/** A UUID that belongs to one id in one run. */
export function uuidOf(run: number, id: number): string {
  const hex = digest(`uuid ${run} ${id}`);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const RUN_START = 1_790_000_000_000;
export const startOf = (run: number) => RUN_START + run * 7_654_321;
const nameOf = (run: number) => `r${digest(`run ${run}`).slice(0, 6)}`;
const stateDirOf = (run: number) => `/tmp/${"x".repeat(run % 3)}${digest(`dir ${run}`).slice(0, 8)}/state`;

function makeMember(target: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

/** What the imagined server sends for a plan in one run. */
export function carryOut(plan: Plan, run: number): unknown {
  switch (plan.is) {
    case "literal":
      return plan.value;
    case "uuid":
      return uuidOf(run, plan.id);
    case "time":
      return startOf(run) + plan.id * 10 + ((run * 7 + plan.id) % 5);
    case "path":
      return `${stateDirOf(run)}/sessions/${uuidOf(run, plan.id)}.jsonl`;
    case "label":
      return `ops ${nameOf(run)} ${plan.id}`;
    case "array":
      return plan.items.map((item) => carryOut(item, run));
    case "object":
    case "map": {
      const out: Record<string, unknown> = {};
      for (const [key, member] of plan.members) {
        const name = typeof key === "number" ? `agent:main:lockstep-${nameOf(run)}-${key}` : key;
        makeMember(out, name, carryOut(member, run));
      }
      return out;
    }
    default:
      return plan satisfies never;
  }
}

/** Steps of calls with these payloads, as one run saw them. */
export function captureOf(payloads: readonly Plan[], run: number): Capture {
  const steps = payloads.map((plan, index): StepCapture => {
    const id = `${nameOf(run)}-${index}`;
    return {
      kind: "call",
      as: "main",
      method: "made.up",
      sent: { type: "req", id, method: "made.up", params: { key: uuidOf(run, 900 + index) } },
      received: [
        { type: "res", id, ok: true, payload: carryOut(plan, run) },
        { type: "event", event: "made.up.too", payload: { echo: uuidOf(run, 900 + index) } },
      ],
    };
  });
  return {
    scenario: "made.up/scenario",
    case: "",
    steps,
    breaches: [],
    known: { run: nameOf(run), stateDir: stateDirOf(run), port: 20_000 + run, token: digest(`token ${run}`) },
    secrets: ["token"],
    clock: { start: startOf(run), end: startOf(run) + 2_000 },
  };
}

const literal = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom("ok", "agent:main:main", "$", "invalid label: empty"),
  fc.integer({ min: -1000, max: 1000 }),
  fc.boolean(),
  fc.constant(null),
);

const key = fc.oneof(
  fc.constantFrom(
    "key",
    "entry",
    "sessionId",
    "updatedAt",
    "$",
    "$text",
    "$any",
    "$entries",
    "__proto__",
    "a/b~c",
  ),
  fc.string({ minLength: 1, maxLength: 6 }),
);

const unique = <K, V>(members: readonly (readonly [K, V])[]) => [...new Map(members).entries()];

/** Any answer of an imagined server. */
export const planArbitrary: fc.Arbitrary<Plan> = fc.letrec<{ plan: Plan }>((tie) => ({
  plan: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.record({ is: fc.constant("literal" as const), value: literal }),
    fc.record({
      is: fc.constantFrom("uuid" as const, "time" as const, "path" as const, "label" as const),
      id: fc.integer({ min: 0, max: 12 }),
    }),
    fc.record({ is: fc.constant("array" as const), items: fc.array(tie("plan"), { maxLength: 4 }) }),
    fc.record({
      is: fc.constant("object" as const),
      members: fc.array(fc.tuple(key, tie("plan")), { maxLength: 5 }).map(unique),
    }),
    fc.record({
      is: fc.constant("map" as const),
      members: fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), tie("plan")), { maxLength: 3 }).map(unique),
    }),
  ),
})).plan;

/** The payloads of one to four calls. */
export const payloadsArbitrary = fc.array(planArbitrary, { minLength: 1, maxLength: 4 });

/** A plan in which something satisfies `wanted`, with the way there: which payload, and the index at each level. */
export function placesOf(
  payloads: readonly Plan[],
  wanted: (plan: Plan) => boolean,
): { plan: Plan; replace: (other: Plan) => Plan[] }[] {
  const inside = (
    plan: Plan,
    rebuild: (other: Plan) => Plan[],
  ): { plan: Plan; replace: (other: Plan) => Plan[] }[] => {
    const here = wanted(plan) ? [{ plan, replace: rebuild }] : [];
    if (plan.is === "array") {
      const children = plan.items.flatMap((item, index) =>
        inside(item, (other) => rebuild({ ...plan, items: plan.items.with(index, other) })),
      );
      return [...here, ...children];
    }
    if (plan.is !== "object" && plan.is !== "map") return here;
    const children = plan.members.flatMap(([, member], index) =>
      inside(member, (other) => {
        const swapped = plan.members.map(([name, old], at) => [name, at === index ? other : old] as const);
        return rebuild({ ...plan, members: swapped } as Plan);
      }),
    );
    return [...here, ...children];
  };
  return payloads.flatMap((plan, index) => inside(plan, (other) => payloads.with(index, other)));
}
