import { Ajv } from "ajv";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod/v3";
import { zodToJsonSchema } from "zod-to-json-schema";
import { CLIENT_IDS, CLIENT_MODES, connectParams, METHODS, toJsonSchema } from "../src/contract/index.ts";

/**
 * Three schemas written once more with another library and exported by another exporter: a mistake in our own export
 * would show as a value that one takes and the other refuses.
 */
const nonEmpty = z.string().min(1);
const int = (min: number) => z.number().int().min(min);
const orNull = <S extends z.ZodTypeAny>(schema: S) => z.union([schema, z.null()]).optional();

const connect = z
  .object({
    minProtocol: int(1),
    maxProtocol: int(1),
    client: z
      .object({
        id: z.enum(CLIENT_IDS),
        displayName: nonEmpty.optional(),
        version: nonEmpty,
        platform: nonEmpty,
        deviceFamily: nonEmpty.optional(),
        modelIdentifier: nonEmpty.optional(),
        mode: z.enum(CLIENT_MODES),
        instanceId: nonEmpty.optional(),
      })
      .strict(),
    caps: z.array(nonEmpty).optional(),
    commands: z.array(nonEmpty).optional(),
    permissions: z.record(z.boolean()).optional(),
    pathEnv: z.string().optional(),
    role: nonEmpty.optional(),
    scopes: z.array(nonEmpty).optional(),
    device: z
      .object({
        id: nonEmpty,
        publicKey: nonEmpty,
        signature: nonEmpty,
        signedAt: int(0),
        nonce: nonEmpty.optional(),
      })
      .strict()
      .optional(),
    auth: z.object({ token: z.string().optional(), password: z.string().optional() }).strict().optional(),
    locale: z.string().optional(),
    userAgent: z.string().optional(),
  })
  .strict();

const label = z.string().min(1).max(64);

const patch = z
  .object({
    key: nonEmpty,
    label: orNull(label),
    thinkingLevel: orNull(nonEmpty),
    verboseLevel: orNull(nonEmpty),
    reasoningLevel: orNull(nonEmpty),
    responseUsage: orNull(z.enum(["off", "tokens", "full", "on"])),
    elevatedLevel: orNull(nonEmpty),
    execHost: orNull(nonEmpty),
    execSecurity: orNull(nonEmpty),
    execAsk: orNull(nonEmpty),
    execNode: orNull(nonEmpty),
    model: orNull(nonEmpty),
    spawnedBy: orNull(nonEmpty),
    spawnDepth: orNull(int(0)),
    sendPolicy: orNull(z.enum(["allow", "deny"])),
    groupActivation: orNull(z.enum(["mention", "always"])),
  })
  .strict();

const list = z
  .object({
    limit: int(1).optional(),
    activeMinutes: int(1).optional(),
    includeGlobal: z.boolean().optional(),
    includeUnknown: z.boolean().optional(),
    includeDerivedTitles: z.boolean().optional(),
    includeLastMessage: z.boolean().optional(),
    label: label.optional(),
    spawnedBy: nonEmpty.optional(),
    agentId: nonEmpty.optional(),
    search: z.string().optional(),
  })
  .strict();

const validConnect = {
  minProtocol: 3,
  maxProtocol: 3,
  client: { id: "test", version: "1", platform: "linux", mode: "test" },
};

const PAIRS = [
  ["connect", connect, connectParams, validConnect],
  ["sessions.patch", patch, METHODS["sessions.patch"].params, { key: "main" }],
  ["sessions.list", list, METHODS["sessions.list"].params, {}],
] as const;

const leaf = fc.constantFrom<unknown>(
  null,
  true,
  false,
  0,
  1,
  -1,
  1.5,
  2 ** 60,
  "",
  "x",
  "allow",
  "mention",
  "off",
  "test",
  "x".repeat(64),
  "x".repeat(65),
  [],
  [""],
  ["a"],
  [1],
  {},
  { a: true },
  { a: 1 },
);

/** The member names a schema knows, nested ones included, and one it does not. */
function namesOf(schema: unknown): string[] {
  if (schema === null || typeof schema !== "object") return [];
  return Object.entries(schema).flatMap(([key, value]) => [
    ...(key === "properties" ? Object.keys(value as object) : []),
    ...namesOf(value),
  ]);
}

describe("the export agrees with a second exporter", () => {
  it.each(PAIRS)("%s", (_name, second, ours, valid) => {
    const { ...theirs }: Record<string, unknown> = zodToJsonSchema(second, {
      target: "jsonSchema7",
      $refStrategy: "none",
    });
    const ajv = new Ajv({ strict: false, allErrors: true });
    const takes = { ours: ajv.compile(toJsonSchema(ours)), theirs: ajv.compile(theirs) };
    expect([takes.ours(valid), takes.theirs(valid)]).toEqual([true, true]);

    const names = [...new Set([...namesOf(theirs), "noSuchMember"])];
    const members = fc.dictionary(fc.constantFrom(...names), leaf, { maxKeys: 3 });
    const nested = fc.record({ name: fc.constantFrom(...names), members });
    const changed = fc.record({ members, nested: fc.option(nested, { nil: undefined }), over: fc.boolean() });
    fc.assert(
      fc.property(changed, ({ members, nested, over }) => {
        const value: Record<string, unknown> = over ? { ...valid, ...members } : { ...members };
        if (nested !== undefined) {
          const base = (valid as Record<string, unknown>)[nested.name];
          value[nested.name] = { ...(base as object | undefined), ...nested.members };
        }
        expect({ value, taken: takes.ours(value) }).toEqual({ value, taken: takes.theirs(value) });
      }),
      { numRuns: 2_000 },
    );
  });
});
