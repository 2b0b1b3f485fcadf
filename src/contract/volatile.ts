import { z } from "zod";

/**
 * Kinds of value that change from run to run. They travel in the exported JSON Schemas as the annotation
 * `x-lockstep`, so that the learner (and a port's author) knows a clock reading from a number that means something.
 */
export const VOLATILE_KINDS = [
  "epoch-ms",
  "duration-ms",
  "uuid",
  "state-path",
  "hostname",
  "counter",
  "secret",
  "request-id",
  "version",
  "opaque",
] as const;

export type VolatileKind = (typeof VOLATILE_KINDS)[number];

/** The annotation's key in a JSON Schema. */
export const VOLATILE_KEY = "x-lockstep";

const mark = <S extends z.ZodType>(schema: S, kind: VolatileKind): S => schema.meta({ [VOLATILE_KEY]: kind });

/** Milliseconds since 1970, as `Date.now()` gives them. Fractions are allowed where a file's mtime is the source. */
export const epochMs = () => mark(z.number(), "epoch-ms");

/** A span of milliseconds measured by the server; negative when a seeded time lies in the future. */
export const durationMs = () => mark(z.number(), "duration-ms");

/** An id the server makes up: a UUID where upstream uses one. */
export const uuid = () => mark(z.string().min(1), "uuid");

/** An absolute path inside the gateway's state directory. */
export const stateDirPath = () => mark(z.string(), "state-path");

/** The name of the machine the gateway runs on. */
export const hostname = () => mark(z.string().min(1), "hostname");

/** A number that counts something process-wide: its order means something, its value does not. */
export const counter = () => mark(z.number().int(), "counter");

/** A credential: never written to a recording, a report or a log. */
export const secret = () => mark(z.string().min(1), "secret");

/** The build of the runtime that answers; a port has its own. */
export const version = () => mark(z.string().min(1), "version");

/** A string of the server's making with no promise about its form. */
export const opaque = () => mark(z.string(), "opaque");
