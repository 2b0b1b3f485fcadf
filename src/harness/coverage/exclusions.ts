import { z } from "zod";

const pattern = z
  .string()
  .regex(/^[^*]+(\.\*)?$/, "a name, or a prefix such as `tts.*`")
  .describe("A name as hello-ok has it, or everything below a prefix: `tts.*`");

const exclusion = z
  .strictObject({
    family: z.string().min(1).describe("What these methods and events are about"),
    why: z.string().min(10).describe("Why nothing records them"),
    methods: z.array(pattern).min(1).optional(),
    events: z.array(pattern).min(1).optional(),
  })
  .refine(({ methods, events }) => methods !== undefined || events !== undefined, {
    message: "names neither methods nor events",
  });

/** `conformance/exclusions.yaml`: what the oracle serves and nothing records, with the reason. */
export const exclusionsFile = z.strictObject({ exclusions: z.array(exclusion) });
export type ExclusionsFile = z.infer<typeof exclusionsFile>;
export type FamilyExclusion = ExclusionsFile["exclusions"][number];

export type Kind = "methods" | "events";

/** Whether a pattern of an exclusion means a name: the name itself, or a prefix followed by `.*`. */
export function meansName(pattern: string, name: string): boolean {
  return pattern.endsWith(".*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** The first exclusion that means a method or event. */
export function exclusionOf(
  kind: Kind,
  name: string,
  exclusions: readonly FamilyExclusion[],
): FamilyExclusion | undefined {
  return exclusions.find((each) => each[kind]?.some((pattern) => meansName(pattern, name)) ?? false);
}

/** Patterns that mean none of these names: a reason for something that is not there, or that is recorded by now. */
export function needlessPatterns(
  kind: Kind,
  names: readonly string[],
  exclusions: readonly FamilyExclusion[],
): string[] {
  return exclusions
    .flatMap((each) => each[kind] ?? [])
    .filter((pattern) => !names.some((name) => meansName(pattern, name)));
}
