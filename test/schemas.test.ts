import { readdirSync, readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { OPEN_SCHEMAS, schemaFiles } from "../src/cli/schema-files.ts";

const FOLDER = new URL("../schemas/", import.meta.url);
const files = schemaFiles();
const documents = [...files].map(
  ([path, text]) => [path, JSON.parse(text) as Record<string, unknown>] as const,
);

/** Values of every JSON type; a schema that means something refuses one of them. */
const SAMPLES: readonly unknown[] = [
  null,
  true,
  -1.5,
  "no such value",
  ["no such item"],
  { noSuchMember: 1 },
];

/** Pointers of the places in a schema that take anything. */
function openPlaces(node: unknown, pointer = ""): string[] {
  if (Array.isArray(node)) return node.flatMap((item, index) => openPlaces(item, `${pointer}/${index}`));
  if (node === null || typeof node !== "object") return [];
  const entries = Object.entries(node).filter(([key]) => !["description", "title", "$schema"].includes(key));
  const isSchema = !/\/(properties|definitions)$/.test(pointer);
  if (entries.length === 0 && isSchema) return [pointer];
  return entries.flatMap(([key, value]) => openPlaces(value, `${pointer}/${key}`));
}

describe("exported schemas", () => {
  it("are those in schemas/ (else run: npm run schemas)", () => {
    const stored = readdirSync(FOLDER, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".json"),
    );
    expect(stored.toSorted()).toEqual([...files.keys()].toSorted());
    const stale = [...files].filter(([path, text]) => readFileSync(new URL(path, FOLDER), "utf8") !== text);
    expect(stale.map(([path]) => path)).toEqual([]);
  });

  it.each(documents)("%s is titled, without $id, and refuses something", (path, document) => {
    expect(document["title"]).toEqual(expect.stringMatching(/\S/));
    expect(JSON.stringify(document)).not.toContain('"$id"');
    const validate = new Ajv({ strict: false, formats: { date: true, "date-time": true } }).compile(document);
    const takesAll = SAMPLES.every((sample) => validate(sample));
    expect(takesAll).toBe(OPEN_SCHEMAS.includes(path));
  });

  it("take anything only where the protocol does", () => {
    const open = documents.flatMap(([path, document]) => openPlaces(document).map((at) => `${path}#${at}`));
    expect(open.filter((place) => !place.startsWith("lockstep/recording"))).toMatchInlineSnapshot(`
      [
        "events/agent.schema.json#/properties/data/additionalProperties",
        "events/chat.schema.json#/properties/message/properties/content",
        "events/chat.schema.json#/properties/message/additionalProperties",
        "events/chat.schema.json#/properties/usage",
        "events/health.schema.json#/properties/channels/additionalProperties",
        "frames/event.schema.json#/properties/payload",
        "frames/request.schema.json#/properties/params",
        "frames/response.schema.json#/properties/id",
        "frames/response.schema.json#/properties/payload",
        "frames/response.schema.json#/properties/error/properties/details",
        "lockstep/capture.schema.json#/anyOf/3/properties/json",
        "lockstep/compare.schema.json#/properties/methods/items/properties/paths/items/properties/examples/items/properties/params",
        "lockstep/compare.schema.json#/properties/methods/items/properties/paths/items/properties/examples/items/properties/primary",
        "lockstep/compare.schema.json#/properties/methods/items/properties/paths/items/properties/examples/items/properties/candidate",
        "lockstep/decision.schema.json#/properties/policy/properties/values/additionalProperties",
        "lockstep/decision.schema.json#/properties/policy/properties/deviations/items/properties/default",
        "lockstep/decision.schema.json#/properties/policy/properties/deviations/items/properties/value",
        "lockstep/mutation.schema.json#/properties/survivors/items/properties/before",
        "lockstep/mutation.schema.json#/properties/survivors/items/properties/after",
        "lockstep/outcome.schema.json#/properties/cases/items/properties/differences/items/properties/expected",
        "lockstep/outcome.schema.json#/properties/cases/items/properties/differences/items/properties/actual",
        "lockstep/outcome.schema.json#/properties/cases/items/properties/departures/items/properties/difference/properties/expected",
        "lockstep/outcome.schema.json#/properties/cases/items/properties/departures/items/properties/difference/properties/actual",
        "lockstep/outcome.schema.json#/properties/cases/items/properties/waived/items/properties/difference/properties/expected",
        "lockstep/outcome.schema.json#/properties/cases/items/properties/waived/items/properties/difference/properties/actual",
        "lockstep/outcome.schema.json#/properties/cases/items/properties/frames/additionalProperties/properties/sent",
        "lockstep/outcome.schema.json#/properties/cases/items/properties/frames/additionalProperties/properties/received/items",
        "lockstep/replay.schema.json#/properties/findings/items/properties/expected",
        "lockstep/replay.schema.json#/properties/findings/items/properties/actual",
        "lockstep/scenario.schema.json#/properties/cases/items/additionalProperties",
        "methods/agent.params.schema.json#/properties/attachments/items",
        "methods/agent.result.schema.json#/anyOf/1/properties/result",
        "methods/channels.status.result.schema.json#/properties/channels/additionalProperties",
        "methods/channels.status.result.schema.json#/properties/channelAccounts/additionalProperties/items/additionalProperties",
        "methods/chat.history.result.schema.json#/properties/messages/items",
        "methods/chat.send.params.schema.json#/properties/attachments/items",
        "methods/config.get.result.schema.json#/properties/parsed",
        "methods/config.get.result.schema.json#/properties/resolved",
        "methods/config.get.result.schema.json#/properties/config/additionalProperties",
        "methods/config.get.result.schema.json#/properties/issues/items/additionalProperties",
        "methods/config.get.result.schema.json#/properties/warnings/items/additionalProperties",
        "methods/config.get.result.schema.json#/properties/legacyIssues/items/additionalProperties",
        "methods/config.schema.result.schema.json#/properties/schema/additionalProperties",
        "methods/config.schema.result.schema.json#/properties/uiHints/additionalProperties/additionalProperties",
        "methods/connect.result.schema.json#/properties/snapshot/properties/health/additionalProperties",
        "methods/cron.list.result.schema.json#/properties/jobs/items/additionalProperties",
        "methods/health.params.schema.json#",
        "methods/health.result.schema.json#/properties/channels/additionalProperties",
        "methods/last-heartbeat.params.schema.json#",
        "methods/session.status.result.schema.json#/anyOf/0/properties/session/properties/origin/additionalProperties",
        "methods/sessions.history.result.schema.json#/properties/messages/items",
        "methods/sessions.list.result.schema.json#/properties/sessions/items/properties/origin/additionalProperties",
        "methods/sessions.patch.result.schema.json#/properties/entry/properties/origin/additionalProperties",
        "methods/sessions.patch.result.schema.json#/properties/entry/additionalProperties",
        "methods/sessions.reset.result.schema.json#/properties/entry/properties/origin/additionalProperties",
        "methods/sessions.reset.result.schema.json#/properties/entry/properties/skillsSnapshot/additionalProperties",
        "methods/sessions.usage.logs.params.schema.json#",
        "methods/sessions.usage.result.schema.json#/properties/sessions/items/properties/origin/additionalProperties",
        "methods/sessions.usage.result.schema.json#/properties/sessions/items/properties/contextWeight/anyOf/0/additionalProperties",
        "methods/sessions.usage.timeseries.params.schema.json#",
        "methods/set-heartbeats.params.schema.json#/additionalProperties",
        "methods/status.params.schema.json#",
        "methods/status.result.schema.json#/properties/linkChannel/additionalProperties",
        "methods/system-presence.params.schema.json#",
        "methods/usage.cost.params.schema.json#",
        "methods/usage.status.params.schema.json#",
      ]
    `);
  });
});
