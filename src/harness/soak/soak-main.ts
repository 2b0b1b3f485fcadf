import { type LoadOrder, SoakLoad } from "./load.ts";

/**
 * The process of a soak's clients, so that what they cost is measured with nobody. It takes one order at a time from its
 * parent, answers each, and ends with it.
 */
const load = new SoakLoad();
process.on("message", (order: LoadOrder) => {
  load.obey(order).then(
    (report) => process.send?.({ report }),
    (error: unknown) => process.send?.({ fault: error instanceof Error ? error.message : String(error) }),
  );
});
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit(0));
