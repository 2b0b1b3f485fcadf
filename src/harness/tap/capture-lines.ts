import { z } from "zod";

/** Version of the capture's own format. */
export const CAPTURE_FORMAT = "lockstep-capture/1";

const side = z.enum(["client", "gateway"]);
const sequence = { connection: z.int().min(1), at: z.number().min(0).describe("ms since `started`") };

export const captureHeader = z.strictObject({
  line: z.literal("header"),
  format: z.literal(CAPTURE_FORMAT),
  tool: z.string(),
  started: z.iso.datetime(),
  upstream: z.string().describe("URL of the gateway"),
  listen: z.string().describe("URL that clients used"),
});
export type CaptureHeader = z.infer<typeof captureHeader>;

const openLine = z.strictObject({
  line: z.literal("open"),
  ...sequence,
  path: z.string(),
  headers: z.record(z.string(), z.string()),
});
const upgradeLine = z.strictObject({
  line: z.literal("upgraded"),
  ...sequence,
  status: z.int().describe("101, or what the gateway answered instead"),
});
/** A message has exactly one of json, text, base64 and skipped. */
const messageLine = z.strictObject({
  line: z.literal("message"),
  ...sequence,
  from: side,
  json: z.unknown().optional(),
  text: z.string().optional().describe("A text message that is no JSON"),
  base64: z.string().optional().describe("A binary message"),
  skipped: z.strictObject({ bytes: z.int().min(0), why: z.string() }).optional(),
  fragments: z.int().min(2).optional().describe("Frames it came in, when more than one"),
});
const controlLine = z.strictObject({
  line: z.enum(["ping", "pong"]),
  ...sequence,
  from: side,
  base64: z.string(),
});
const closeLine = z.strictObject({
  line: z.literal("close"),
  ...sequence,
  from: side,
  code: z.int(),
  reason: z.string(),
});
const unreadableLine = z.strictObject({
  line: z.literal("unreadable"),
  ...sequence,
  from: side,
  why: z.string(),
});
const endLine = z.strictObject({
  line: z.literal("end"),
  ...sequence,
  bytes: z.strictObject({ client: z.int().min(0), gateway: z.int().min(0) }),
  error: z.string().optional(),
});
const httpLine = z.strictObject({
  line: z.literal("http"),
  at: z.number().min(0),
  method: z.string(),
  path: z.string(),
  status: z.int(),
});
const captureFooter = z.strictObject({
  line: z.literal("footer"),
  at: z.number().min(0),
  connections: z.int().min(0),
  messages: z.strictObject({ client: z.int().min(0), gateway: z.int().min(0) }),
  secrets: z.int().min(0).describe("How many different secrets became placeholders"),
});

/** One line of a capture file: a header, what passed in order, and a footer when the tap was ended and did not die. */
export const captureLine = z.discriminatedUnion("line", [
  captureHeader,
  openLine,
  upgradeLine,
  messageLine,
  controlLine,
  closeLine,
  unreadableLine,
  endLine,
  httpLine,
  captureFooter,
]);
export type CaptureLine = z.infer<typeof captureLine>;
export type MessageLine = z.infer<typeof messageLine>;
export type CaptureFooter = z.infer<typeof captureFooter>;
