import { z } from "zod";
import { LEVELS } from "../scenario/schema.ts";

const requirement = z.strictObject({
  level: z.enum(LEVELS).describe("What the candidate has to reach"),
  digest: z
    .string()
    .regex(/^[0-9a-f]{64}$/, "a SHA-256 in lower-case hex")
    .describe("Of the scenario as it was frozen"),
  departures: z
    .union([z.literal("all"), z.array(z.int().min(1)).min(1)])
    .describe(
      "Steps, counted from 1, in which the candidate may answer otherwise because the oracle is known to be wrong; none when absent",
    )
    .exactOptional(),
});

/** `conformance/requirements/<set>.yaml`: what a release demands, frozen. Written by `lockstep requirements freeze`. */
export const requirementsFile = z.strictObject({
  set: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "letters, digits, dots, dashes and underscores"),
  oracle: z
    .string()
    .regex(/^openclaw@[\w.-]+$/, "openclaw@VERSION")
    .describe("The runtime that the candidate is to replace"),
  frozen: z.iso.date(),
  scenarios: z.record(z.string().regex(/^[a-z0-9][a-z0-9.-]*\/[a-z0-9][a-z0-9-]*$/), requirement),
});
export type RequirementSet = z.infer<typeof requirementsFile>;
