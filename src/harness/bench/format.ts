import { z } from "zod";

/** Names the version of the file; another number means other members. */
export const BENCH_FORMAT = "lockstep-bench/1";

const figure = z.number().nullable();

const spread = {
  rounds: z.array(figure).describe("one figure a round, in the order of the rounds; null where none was had"),
  median: figure,
  min: figure,
  max: figure,
};

const place = {
  sessions: z.int().min(0).describe("sessions stored when the target was started"),
  connections: z
    .int()
    .min(1)
    .nullable()
    .describe("connections that asked at once; null where that means nothing"),
};

const better = z.enum(["lower", "higher"]).describe("which direction is the better one");

const measure = z
  .strictObject({
    id: z
      .string()
      .min(1)
      .describe("start/cold, memory/idle, memory/loaded, METHOD/throughput, METHOD/p50, METHOD/p99"),
    target: z.string().min(1),
    ...place,
    unit: z.enum(["ms", "bytes", "per second"]),
    better,
    ...spread,
  })
  .describe("one quantity of one target");

const ratio = z
  .strictObject({
    id: z.string().min(1),
    target: z.string().min(1),
    against: z.string().min(1).describe("the target it was divided by; `echo` is the bare echo server"),
    ...place,
    better,
    ...spread,
  })
  .describe("one target's figure divided by another's of the same round");

const goal = z
  .strictObject({
    id: z.string().min(1),
    text: z.string().min(1),
    target: z.string().min(1),
    ...place,
    wanted: z.strictObject({ atLeast: z.number().optional(), atMost: z.number().optional() }),
    median: figure,
    min: figure,
    max: figure,
    met: z.boolean().nullable().describe("judged by the median; null where it was not measured"),
  })
  .describe("what was set as a goal, and whether it was reached");

const problem = z
  .strictObject({
    target: z.string().min(1),
    method: z.string().min(1),
    ...place,
    round: z.int().min(1),
    failed: z.int().min(0).describe("requests that were refused"),
    unanswered: z.int().min(0).describe("requests without an answer when nobody waited any longer"),
    text: z.string().describe("the first that went wrong"),
  })
  .describe("a measurement in which not every request succeeded");

/** What `lockstep bench` writes. */
export const benchFile = z.strictObject({
  format: z.literal(BENCH_FORMAT),
  tool: z.string().min(1),
  date: z.iso.datetime(),
  candidate: z.string().optional().describe("which build of the first target it was, as --candidate says"),
  machine: z.strictObject({
    cpu: z.string(),
    cores: z.int().min(1),
    memoryBytes: z.int().min(0),
    os: z.string(),
    node: z.string(),
  }),
  settings: z.strictObject({
    rounds: z.int().min(1),
    durationMs: z.number().min(0),
    warmupMs: z.number().min(0),
    sessions: z.array(z.int().min(0)),
    connections: z.array(z.int().min(1)),
    methods: z.array(z.string()),
  }),
  targets: z.array(
    z.strictObject({
      name: z.string().min(1),
      role: z
        .enum(["candidate", "peer", "limit"])
        .describe("who is judged, whom against, and the bare echo server"),
    }),
  ),
  measures: z.array(measure),
  ratios: z.array(ratio),
  goals: z.array(goal),
  problems: z.array(problem),
});

export type BenchFile = z.infer<typeof benchFile>;
export type Measure = z.infer<typeof measure>;
export type Ratio = z.infer<typeof ratio>;
export type Goal = z.infer<typeof goal>;
export type Problem = z.infer<typeof problem>;
export type BenchSettings = BenchFile["settings"];
export type BenchParty = BenchFile["targets"][number];
