import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import type { z } from "zod";
import { toJsonSchema } from "./json-schema.ts";

// One compiler for all: the options are upstream's, since they decide which errors appear and in which order.
// The schemas are generated: checking them against the schema of schemas would only delay the first answer.
const ajv = new Ajv({
  allErrors: true,
  strict: false,
  removeAdditional: false,
  logger: false,
  meta: false,
  validateSchema: false,
});
const compiled = new WeakMap<z.ZodType, ValidateFunction>();

function compile(schema: z.ZodType): ValidateFunction {
  // Compiling costs 13 to 27 ms a schema, so each is compiled when first needed.
  let validate = compiled.get(schema);
  if (validate === undefined) {
    validate = ajv.compile(toJsonSchema(schema));
    compiled.set(schema, validate);
  }
  return validate;
}

function renderOne(error: ErrorObject): string {
  const { additionalProperty } = error.params as { additionalProperty?: unknown };
  // A property with the empty name is not named; its error then reads like any other.
  if (error.keyword === "additionalProperties" && additionalProperty !== "") {
    const place = error.instancePath === "" ? "root" : error.instancePath;
    return `at ${place}: unexpected property '${String(additionalProperty)}'`;
  }
  const message = error.message ?? "validation error";
  return error.instancePath === "" ? message : `at ${error.instancePath}: ${message}`;
}

/**
 * Checks a value against the exported form of a schema.
 * @returns nothing when it fits, else the text the gateway puts on the wire: every error, each said once, joined by `; `
 * (upstream-2026.2.17 section 1.10).
 */
export function violations(schema: z.ZodType, value: unknown): string | undefined {
  const validate = compile(schema);
  if (validate(value)) return undefined;
  return [...new Set((validate.errors ?? []).map(renderOne))].join("; ");
}

/** The raw validation errors, for callers that want to point at a place. */
export function violationPlaces(schema: z.ZodType, value: unknown): { pointer: string; message: string }[] {
  const validate = compile(schema);
  if (validate(value)) return [];
  return (validate.errors ?? []).map((error) => ({ pointer: error.instancePath, message: renderOne(error) }));
}
