import { z } from "zod";

/** Version of the file format. */
export const ADVERTISED_FORMAT = "lockstep-advertised/1";

const name = z.string().min(1);

/** Methods and events that an oracle names in hello-ok, in its order; written by `lockstep record` alone. */
export const advertisedFile = z.strictObject({
  format: z.literal(ADVERTISED_FORMAT),
  oracle: z.strictObject({ name: z.string(), version: z.string(), protocol: z.int(), node: z.string() }),
  recorded: z.strictObject({ at: z.string(), tool: z.string() }),
  methods: z.array(name),
  events: z.array(name),
});
export type AdvertisedFile = z.infer<typeof advertisedFile>;

/** What a gateway says it serves. */
export interface Advertised {
  readonly methods: readonly string[];
  readonly events: readonly string[];
}
