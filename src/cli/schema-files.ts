import type { z } from "zod";
import {
  connectParams,
  EVENTS,
  eventFrame,
  helloOk,
  METHODS,
  requestFrame,
  responseFrame,
  toJsonSchema,
} from "../contract/index.ts";
import { benchFile } from "../harness/bench/format.ts";
import { advertisedFile, exclusionsFile } from "../harness/coverage/index.ts";
import { compareReport } from "../harness/live/index.ts";
import { mutationReport } from "../harness/mutate/index.ts";
import { recordingFile } from "../harness/learn/recording.ts";
import { decisionFile, gatePolicyFile } from "../harness/gate/index.ts";
import { outcomeFile } from "../harness/outcome-schema.ts";
import { requirementsFile } from "../harness/requirements/index.ts";
import { fixtureFile, scenarioFile } from "../harness/scenario/schema.ts";
import { replayReport } from "../harness/replay/index.ts";
import { soakFile } from "../harness/soak/index.ts";
import { captureLine } from "../harness/tap/index.ts";
import { waiversFile } from "../harness/waivers/index.ts";
import { configFile } from "./config/schema.ts";

/**
 * Schemas that describe a place where the protocol takes anything; every other one must refuse something. A method may
 * do without a schema and still demand a member by hand.
 */
export const OPEN_SCHEMAS: readonly string[] = Object.entries(METHODS)
  .filter(([, { validated, params }]) => !validated && !("required" in toJsonSchema(params)))
  .map(([name]) => `methods/${name}.params.schema.json`);

interface NamedSchema {
  readonly path: string;
  readonly title: string;
  readonly schema: z.ZodType;
}

function namedSchemas(): NamedSchema[] {
  const methods = Object.entries(METHODS).flatMap(([name, { params, result }]) => [
    { path: `methods/${name}.params.schema.json`, title: `Params of ${name}`, schema: params },
    { path: `methods/${name}.result.schema.json`, title: `Result of ${name}`, schema: result },
  ]);
  const events = Object.entries(EVENTS).map(([name, { payload }]) => ({
    path: `events/${name}.schema.json`,
    title: `Payload of the event ${name}`,
    schema: payload,
  }));
  return [
    ...methods,
    ...events,
    { path: "methods/connect.params.schema.json", title: "Params of connect", schema: connectParams },
    {
      path: "methods/connect.result.schema.json",
      title: "hello-ok, the payload of the response to connect",
      schema: helloOk,
    },
    { path: "frames/request.schema.json", title: "What a client sends", schema: requestFrame },
    { path: "frames/response.schema.json", title: "What the gateway answers", schema: responseFrame },
    { path: "frames/event.schema.json", title: "What the gateway sends unasked", schema: eventFrame },
    { path: "lockstep/bench.schema.json", title: "A benchmark of Lockstep", schema: benchFile },
    { path: "lockstep/soak.schema.json", title: "A soak of Lockstep", schema: soakFile },
    { path: "lockstep/capture.schema.json", title: "One line of what a tap wrote", schema: captureLine },
    {
      path: "lockstep/replay.schema.json",
      title: "What the replay of a capture found",
      schema: replayReport,
    },
    {
      path: "lockstep/compare.schema.json",
      title: "A comparison of running gateways",
      schema: compareReport,
    },
    {
      path: "lockstep/mutation.schema.json",
      title: "What altered answers showed of the suite",
      schema: mutationReport,
    },
    { path: "lockstep/scenario.schema.json", title: "A scenario of Lockstep", schema: scenarioFile },
    { path: "lockstep/fixture.schema.json", title: "A fixture of Lockstep", schema: fixtureFile },
    { path: "lockstep/recording.schema.json", title: "A recording of Lockstep", schema: recordingFile },
    { path: "lockstep/outcome.schema.json", title: "What a run of Lockstep found", schema: outcomeFile },
    { path: "lockstep/config.schema.json", title: "A configuration of Lockstep", schema: configFile },
    { path: "lockstep/gate-policy.schema.json", title: "What the gate asks for", schema: gatePolicyFile },
    { path: "lockstep/decision.schema.json", title: "What the gate answered", schema: decisionFile },
    {
      path: "lockstep/requirements.schema.json",
      title: "A requirement set",
      schema: requirementsFile,
    },
    { path: "lockstep/waivers.schema.json", title: "Differences that are accepted", schema: waiversFile },
    {
      path: "lockstep/advertised.schema.json",
      title: "What an oracle names in hello-ok",
      schema: advertisedFile,
    },
    {
      path: "lockstep/exclusions.schema.json",
      title: "What the oracle serves and Lockstep does not record",
      schema: exclusionsFile,
    },
  ];
}

/** zod names its own check beside the pattern that says the same; validators know no such format and complain. */
const withoutZodFormats = (key: string, value: unknown): unknown =>
  key === "format" && value === "starts_with" ? undefined : value;

/**
 * The JSON Schemas (draft-07) of everything on the wire and of the project's own file formats, as text: path below
 * `schemas/` -> content, in the order of the paths. The same contract gives the same bytes.
 */
export function schemaFiles(): ReadonlyMap<string, string> {
  const files = namedSchemas()
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, title, schema }): [string, string] => {
      const document = { $schema: "http://json-schema.org/draft-07/schema#", title, ...toJsonSchema(schema) };
      return [path, `${JSON.stringify(document, withoutZodFormats, 2)}\n`];
    });
  return new Map(files);
}
