import { z } from "zod";

const duration = z
  .union([z.int().min(1), z.string().regex(/^\d+(\.\d+)?(ms|s|m|)$/, "a duration such as 500ms, 10s or 2m")])
  .describe("Milliseconds, or a text such as 500ms, 10s or 2m");

const envName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "the name of an environment variable, never the secret itself");

/** What stands under a name in `targets`. */
export const targetSettings = z.strictObject({
  command: z
    .string()
    .min(1)
    .optional()
    .describe("Launched for each case, as after cmd:, with {port}, {token} and {state} filled in"),
  url: z
    .string()
    .regex(/^wss?:\/\//i, "a ws:// or wss:// URL")
    .optional()
    .describe("A gateway that runs already"),
  tokenEnv: envName.optional().describe("Environment variable that holds the shared token of a url"),
  deviceIdentity: z.string().min(1).optional().describe("File of the device to connect as (lockstep keygen)"),
  allowWrites: z
    .boolean()
    .optional()
    .describe("As --allow-writes: sessions of the run's own are made and deleted"),
  negative: z.boolean().optional().describe("As --negative: broken frames are sent"),
  insecure: z.boolean().optional().describe("As --insecure"),
  rate: z.string().min(1).optional().describe("Most frames sent to a url, such as 20/s, 600/m or off"),
  readyTimeout: duration.optional(),
  waivers: z.string().min(1).optional().describe("Differences that are accepted of this target"),
  candidate: z.string().min(1).optional().describe("Which build of the target this is"),
});
export type TargetSettings = z.infer<typeof targetSettings>;

const targetName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "a name of letters, digits, dots, dashes and underscores");

/** `lockstep.config.yaml`, `.json`, `.mjs` or `.ts`. */
export const configFile = z.strictObject({
  target: z
    .string()
    .min(1)
    .optional()
    .describe(
      "What is checked when the command line names nothing: a name below `targets`, or a target itself",
    ),
  targets: z
    .record(targetName, z.union([z.string().min(1), targetSettings]))
    .optional()
    .describe("Targets with a name; @name stands for one on the command line"),
  oracle: z
    .string()
    .regex(/^openclaw@[\w.-]+$/, "such as openclaw@2026.2.17")
    .optional()
    .describe("Whose recordings"),
  suite: z.string().min(1).optional().describe("Folder with conformance/, fixtures/ and recordings/"),
  waivers: z
    .union([z.string().min(1), z.literal(false)])
    .optional()
    .describe("File of accepted differences; false for none"),
  requirements: z
    .string()
    .min(1)
    .optional()
    .describe("A requirement set, such as 2026.2.17, or a file of one"),
  candidate: z.string().min(1).optional().describe("Which build of the target this is"),
  reporters: z.array(z.string().min(1)).min(1).optional().describe("As --reporter: name, or name=file"),
  out: z.string().min(1).optional().describe("Folder that every report of a run is written to"),
  reports: z.string().min(1).optional().describe("Folder with the reports that the gate reads"),
  policy: z.string().min(1).optional().describe("File of what the gate asks for"),
  concurrency: z.int().min(1).max(64).optional().describe("Instances of the target at once"),
  timeout: duration.optional().describe("Longest wait for one answer"),
  readyTimeout: duration.optional().describe("Longest wait for a launched target"),
});

/** What a configuration file holds. */
export type LockstepConfig = z.infer<typeof configFile>;
