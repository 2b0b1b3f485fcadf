import {
  EVENTS,
  eventFrame,
  helloOk,
  isMethodName,
  METHODS,
  sessionEntry,
  toJsonSchema,
  VOLATILE_KEY,
  VOLATILE_KINDS,
  type JsonSchema,
  type VolatileKind,
} from "../../contract/index.ts";
import type { z } from "zod";
import { isJsonObject } from "./json-tree.ts";

/** Tells what the contract says of the value at a path (reference tokens from the root of the frame or file). */
export type Annotator = (path: readonly string[]) => VolatileKind | undefined;

const exported = new WeakMap<z.ZodType, JsonSchema>();

function schemaOf(schema: z.ZodType): JsonSchema {
  let found = exported.get(schema);
  if (found === undefined) exported.set(schema, (found = toJsonSchema(schema)));
  return found;
}

/** A schema and every alternative in it. */
function* alternatives(schema: unknown): Generator<JsonSchema> {
  if (!isJsonObject(schema)) return;
  yield schema;
  for (const keyword of ["anyOf", "oneOf", "allOf"]) {
    const members = schema[keyword];
    if (Array.isArray(members)) for (const member of members) yield* alternatives(member);
  }
}

function* childSchemas(schema: JsonSchema, token: string): Generator {
  const { properties, additionalProperties, items } = schema;
  if (isJsonObject(properties) && Object.hasOwn(properties, token)) yield properties[token];
  else if (isJsonObject(additionalProperties)) yield additionalProperties;
  if (/^\d+$/.test(token)) {
    if (Array.isArray(items)) yield items[Number(token)];
    else if (items !== undefined) yield items;
  }
}

/**
 * What an exported JSON Schema says of a place, through optional members, lists, maps and alternatives.
 * @param path reference tokens from the schema's root
 */
export function annotationAt(schema: JsonSchema, path: readonly string[]): VolatileKind | undefined {
  let level: JsonSchema[] = [...alternatives(schema)];
  for (const token of path) {
    level = level.flatMap((node) =>
      [...childSchemas(node, token)].flatMap((child) => [...alternatives(child)]),
    );
  }
  for (const node of level) {
    const kind = VOLATILE_KINDS.find((known) => known === node[VOLATILE_KEY]);
    if (kind !== undefined) return kind;
  }
  return undefined;
}

const silent: Annotator = () => undefined;

function annotatePayload(payload: z.ZodType | undefined, envelope?: z.ZodType): Annotator {
  return (path) => {
    if (path[0] === "payload") {
      return payload === undefined ? undefined : annotationAt(schemaOf(payload), path.slice(1));
    }
    return envelope === undefined ? undefined : annotationAt(schemaOf(envelope), path);
  };
}

/**
 * Annotator of a received frame.
 * @param frame the frame as parsed JSON
 * @param method the method that the step called, if it called one
 */
export function annotatorOf(frame: unknown, method: string | undefined): Annotator {
  if (!isJsonObject(frame)) return silent;
  if (frame["type"] === "event") {
    const name = frame["event"];
    const known = typeof name === "string" && Object.hasOwn(EVENTS, name);
    return annotatePayload(known ? EVENTS[name as keyof typeof EVENTS].payload : undefined, eventFrame);
  }
  if (frame["type"] !== "res") return silent;
  const payload = frame["payload"];
  if (isJsonObject(payload) && payload["type"] === "hello-ok") return annotatePayload(helloOk);
  return method !== undefined && isMethodName(method) ? annotatePayload(METHODS[method].result) : silent;
}

/** Annotator of a sent frame: what a device signs is as good as a credential. */
export const annotateSent: Annotator = (path) =>
  path.join("/") === "params/device/signature" ? "secret" : undefined;

/** Annotator of a file below the state directory, whose content was parsed. */
export function fileAnnotatorOf(path: string): Annotator {
  if (!/(^|\/)sessions\.json$/.test(path)) return silent;
  return (place) => (place.length > 1 ? annotationAt(schemaOf(sessionEntry), place.slice(1)) : undefined);
}
