import { z } from "zod";

/** Levels of agreement, weakest first. */
export const LEVELS = ["shape", "semantic", "exact"] as const;
export type Level = (typeof LEVELS)[number];

const name = z.string().regex(/^[a-z0-9][a-z0-9-]*$/, "lower case, digits and dashes");
const scenarioId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]*\/[a-z0-9][a-z0-9-]*$/, "<method or area>/<behaviour-in-words>");
const json = z.json();
const jsonObject = z.record(z.string(), json);
/** A template: a string that may hold `{{...}}`. */
const template = z.string();
/** A structure that one template stands for, such as `{{case.headers}}`. */
const whole = z.string().regex(/^\{\{[^{}]+\}\}$/, "a structure, or one template that stands for it");
const headers = z.union([z.record(z.string(), template), whole]);
const scopes = z.union([z.array(z.string()), whole]);
const milliseconds = z.int().min(0).max(120_000);

/** A place that is not compared, and why. The value's JSON type still is, and the contract still holds. */
export const exclusion = z.strictObject({
  at: z.string().startsWith("/"),
  why: z.string().min(10),
  free: z
    .literal(true)
    .optional()
    .describe("Whatever stands there is right: the target's own business, and not left to another scenario"),
});

/** The oracle does something no port should copy: either answer passes, and PARITY.md lists it. */
export const oracleBug = z.strictObject({
  what: z.string().min(10).describe("What the oracle does"),
  why: z.string().min(10).describe("Why a port should not copy it"),
  instead: z.string().min(10).describe("What a careful port does instead"),
  see: z.string().optional(),
});

const common = {
  note: z.string().optional(),
  exclude: z.array(exclusion).optional(),
  "oracle-bug": oracleBug.optional(),
};
const onConnection = { as: name.optional() };
const within = milliseconds.describe("Deadline in milliseconds; the run's timeout when absent");

/** A request, and its response. */
export const callStep = z.strictObject({
  call: template,
  params: json.optional(),
  ...onConnection,
  id: z.string().optional().describe("The frame's id; unique and made up when absent"),
  within: within.optional(),
  bind: z
    .record(name, z.string().startsWith("/"))
    .optional()
    .describe("Name -> pointer into the response frame"),
  ...common,
});

/** One message as it is: text, JSON (encoded as written) or bytes. Then `frames` answers, or the close, or the deadline. */
export const rawStep = z.strictObject({
  raw: z.union([z.string(), jsonObject, z.array(json), z.null(), z.number(), z.boolean()]).optional(),
  base64: z.string().optional(),
  binary: z.boolean().optional().describe("Send as a binary message"),
  ...onConnection,
  frames: z.int().min(0).max(64).optional().describe("Answers to wait for; 1 when absent, 0 asserts silence"),
  within: within.optional(),
  ...common,
});

const signedMembers = z.strictObject({
  deviceId: template.optional(),
  clientId: template.optional(),
  clientMode: template.optional(),
  role: template.optional(),
  scopes: scopes.optional(),
  token: template.optional(),
  nonce: template.optional(),
});

/** Changes to what the device signs, relative to a right signature. */
export const signing = z.strictObject({
  version: z.enum(["v1", "v2"]).optional(),
  skew: z.string().optional().describe("signedAt relative to now, such as +11m or -601s"),
  nonce: template.optional().describe("`device.nonce`; the challenge's when absent; {{absent}} sends none"),
  over: z
    .union([signedMembers, whole])
    .optional()
    .describe("Members of the signed payload that differ from what is sent"),
  signature: template.optional(),
  encoding: z.enum(["base64url", "base64"]).optional(),
  publicKey: template.optional(),
  publicKeyForm: z.enum(["raw", "pem"]).optional(),
  deviceId: template.optional(),
});

/**
 * How a connection connects. Without anything: device `default`, client `test`/`test`, role operator, all scopes, the
 * target's token.
 */
export const connectOptions = z.strictObject({
  ...onConnection,
  device: z
    .union([name, z.literal("none")])
    .optional()
    .describe("Device identity by name, made once per case"),
  token: template.optional().describe("auth.token; {{absent}} sends none"),
  password: template.optional(),
  scopes: scopes.optional(),
  role: z.string().optional(),
  params: jsonObject.optional().describe("Merged over the connect params; {{absent}} removes a member"),
  replace: json.optional().describe("The whole params, instead of everything above"),
  sign: z.union([signing, whole]).optional(),
  id: z.string().optional(),
  headers: headers.optional(),
  path: z.string().optional(),
});

/** A handshake: the answer to connect, and the close when there is one. */
export const connectStep = z.strictObject({
  connect: connectOptions,
  // oxlint-disable-next-line unicorn/no-thenable -- a list, never a function: awaiting a step is harmless
  then: z.array(json).optional().describe("Messages sent right behind connect, without waiting"),
  frames: z.int().min(0).max(64).optional().describe("Responses to wait for; 1 when absent"),
  within: within.optional(),
  bind: z.record(name, z.string().startsWith("/")).optional(),
  ...common,
});

/** A socket and its challenge; nothing is sent. */
export const openStep = z.strictObject({
  open: z.strictObject({
    ...onConnection,
    headers: headers.optional(),
    path: z.string().optional(),
  }),
  within: within.optional(),
  bind: z.record(name, z.string().startsWith("/")).optional(),
  ...common,
});

/** The client closes. */
export const closeStep = z.strictObject({ close: z.strictObject({ ...onConnection }), ...common });

/** The client stops reading, as one that hangs does; what the server sends waits on the way. */
export const pauseStep = z.strictObject({ pause: z.strictObject({ ...onConnection }), ...common });

/** The client reads again. */
export const resumeStep = z.strictObject({ resume: z.strictObject({ ...onConnection }), ...common });

/** The server closes, by the deadline. */
export const closedStep = z.strictObject({
  closed: z.strictObject({ ...onConnection }),
  within: within.optional(),
  ...common,
});

/** The next event of that name on the connection, already there or by the deadline. */
export const eventStep = z.strictObject({
  event: z.string(),
  ...onConnection,
  where: z
    .record(z.string().startsWith("/"), json)
    .optional()
    .describe("Pointer into the event -> value it must have"),
  within: within.optional(),
  bind: z.record(name, z.string().startsWith("/")).optional(),
  ...common,
});

/** Which events arrive within a time, not counting those ignored. */
export const quietStep = z.strictObject({
  quiet: z.strictObject({
    ...onConnection,
    for: milliseconds,
    ignore: z
      .array(z.string())
      .optional()
      .describe("Event names besides `tick` and `health`, which come on their own clock and never count"),
  }),
  ...common,
});

/** Requests sent without waiting for one another; answers are kept in the order of the list. */
export const togetherStep = z.strictObject({ together: z.array(callStep).min(2).max(64), ...common });

/** The process: stopped, started, both, or killed. Connections end; `main` is opened again when next used. */
export const processStep = z.strictObject({
  process: z.enum(["stop", "start", "restart", "kill"]),
  ...common,
});

/** Files below the state directory: names, and contents when asked. */
export const filesStep = z.strictObject({
  files: z.string().describe("Glob below the state directory"),
  read: z.enum(["names", "json", "jsonl", "text"]).optional(),
  ...common,
});

/** Writes a file below the state directory while the target runs. */
export const writeStep = z.strictObject({
  write: z.string(),
  json: json.optional(),
  text: template.optional(),
  ...common,
});

/** Lets time pass. */
export const waitStep = z.strictObject({ wait: milliseconds, ...common });

export const step = z.union([
  callStep,
  rawStep,
  connectStep,
  openStep,
  closeStep,
  closedStep,
  pauseStep,
  resumeStep,
  eventStep,
  quietStep,
  togetherStep,
  processStep,
  filesStep,
  writeStep,
  waitStep,
]);

/** A matrix value, or a value with a name for the case's id. */
const axisValue = z.union([
  z.strictObject({ name: z.string().min(1), value: json }),
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
]);

export const scenarioFile = z.strictObject({
  id: scenarioId,
  aliases: z.array(scenarioId).optional(),
  title: z.string().min(10),
  why: z.string().min(10),
  covers: z.array(z.string()).min(1).describe("Methods, `connect`, or event names"),
  tags: z.array(name).optional(),
  see: z.array(z.string()).optional(),
  level: z.enum(LEVELS).optional().describe("What a requirement set demands; exact when absent"),
  given: z
    .array(
      z
        .string()
        .regex(/^(?:model:)?[a-z0-9][a-z0-9-]*$/, "a fixture's name, or model: and a scripted model's"),
    )
    .optional()
    .describe("Fixtures, applied in order; `model:NAME` points agents at a scripted model"),
  config: jsonObject.optional().describe("Merged over the fixtures' openclaw.json"),
  env: z.record(z.string(), template).optional().describe("Environment of a target that we launch"),
  isolation: z
    .enum(["state", "process"])
    .optional()
    .describe("`state` (default): a fresh state directory is enough. `process`: a fresh process too"),
  connect: connectOptions.optional().describe("How the connection `main` connects when a step first uses it"),
  let: z.record(name, json).optional().describe("Values for {{let.NAME}}"),
  matrix: z.record(name, z.array(axisValue).min(1)).optional(),
  cases: z
    .array(z.looseObject({ name: z.string().min(1) }))
    .min(1)
    .optional(),
  exclude: z.array(exclusion).optional().describe("Applied to every step"),
  "oracle-bug": oracleBug.optional(),
  steps: z.array(step).min(1),
});

export type ScenarioFile = z.infer<typeof scenarioFile>;
export type Step = z.infer<typeof step>;
export type CallStep = z.infer<typeof callStep>;
export type RawStep = z.infer<typeof rawStep>;
export type ConnectStep = z.infer<typeof connectStep>;
export type ConnectOptions = z.infer<typeof connectOptions>;
export type Exclusion = z.infer<typeof exclusion>;
export type OracleBug = z.infer<typeof oracleBug>;

/** Lines of a transcript, so many times. */
export const repeatedLines = z.strictObject({
  repeat: z.int().min(1).max(100_000),
  lines: z.array(z.union([z.string(), jsonObject])).min(1),
});

/** A starting state, by name. */
export const fixtureFile = z.strictObject({
  id: name,
  title: z.string().min(10),
  config: jsonObject.optional().describe("Merged over the base openclaw.json"),
  stores: z
    .record(z.string(), z.union([z.record(z.string(), json), z.string()]))
    .optional()
    .describe("Agent id -> sessions.json: an object, or its text as it is"),
  transcripts: z
    .record(
      z.string(),
      z.array(
        z.union([
          z.string().describe("A line as it is"),
          repeatedLines,
          jsonObject.describe("A line, JSON-encoded"),
        ]),
      ),
    )
    .optional()
    .describe("`<agent id>/<file name without .jsonl>` -> lines; {{i}} counts from 0 inside a repeat"),
  files: z
    .record(z.string(), z.union([z.strictObject({ json }), z.strictObject({ text: template })]))
    .optional()
    .describe("Path below the state directory -> content"),
});

export type FixtureFile = z.infer<typeof fixtureFile>;
