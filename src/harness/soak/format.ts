import { z } from "zod";
import { benchFile } from "../bench/format.ts";

/** Names the version of the file; another number means other members. */
export const SOAK_FORMAT = "lockstep-soak/1";

const count = z.int().min(0);
const figure = z.number().nullable();

const latency = z
  .strictObject({ count, p50: figure, p99: figure, max: figure })
  .describe("milliseconds from a request of health to its answer; null where none was answered");

const size = z.strictObject({
  idle: count.describe("connections that only listen"),
  busy: count.describe("connections that ask"),
  rate: z.number().positive().describe("requests of one busy connection in a second"),
  sessions: z.int().min(1).describe("sessions stored when the target was started"),
  loadMs: z.number().min(0).describe("how long it was to be under load"),
  warmUpMs: z.number().min(0).describe("load before memory counts"),
  quietMs: z.number().min(0).describe("how long health was measured without load"),
  sampleMs: z.number().min(0).describe("time from one look at the memory to the next"),
});

/** What was measured, before anybody judges it. */
export const soakMeasures = z.strictObject({
  durationMs: z.number().min(0).describe("how long the target was under load"),
  size,
  health: z
    .strictObject({ alone: latency, idle: latency, loaded: latency })
    .describe("while nobody else is connected, while all idle ones are, and while the busy ones ask"),
  p99Ratio: z.strictObject({ toAlone: figure, toIdle: figure }),
  processor: z
    .strictObject({ used: z.number(), waitedFor: z.number() })
    .nullable()
    .describe(
      "seconds of all the target's threads: computed, and waited for a processor that others had; null where the system does not tell",
    ),
  rss: z
    .array(z.strictObject({ second: z.number().min(0), bytes: count }))
    .describe("resident memory of the target's process group, by seconds since the load began"),
  rssSlope: figure.describe("bytes a minute, fitted after the warm-up"),
  answersPerSecond: z.number().min(0),
  eventsReceived: count,
  refusals: z
    .array(z.strictObject({ method: z.string(), count: z.int().min(1), text: z.string() }))
    .describe("requests that were refused, alike ones together; at most 20 sorts"),
  unanswered: count.describe("requests that waited 30 s after the end, of connections that were still there"),
  lost: z
    .strictObject({ count, why: z.string().nullable().describe("of the first") })
    .describe("connections that ended though nobody ended them"),
  refused: z
    .strictObject({ kind: z.enum(["idle", "busy"]), opened: count, why: z.string() })
    .nullable()
    .describe("the connection that was not let in, and how many were before it"),
  ended: z.string().nullable().describe("how the target's process ended, when it did"),
});

/** What `lockstep soak` writes. */
export const soakFile = z.strictObject({
  format: z.literal(SOAK_FORMAT),
  tool: z.string().min(1),
  date: z.iso.datetime().describe("when it was over"),
  target: z.string().min(1),
  candidate: z.string().optional().describe("which build of the target it was, as --candidate says"),
  machine: benchFile.shape.machine,
  ok: z.boolean().describe("whether there is no fault"),
  faults: z.array(z.string()),
  ...soakMeasures.shape,
});

export type SoakFile = z.infer<typeof soakFile>;
export type SoakMeasures = z.infer<typeof soakMeasures>;
export type SoakSize = z.infer<typeof size>;
export type Latency = z.infer<typeof latency>;
