import { type LoadRequest, takeLoad } from "./load.ts";

/**
 * The process that makes the load, so that nothing else waits for its turn beside it. It takes one request at a time
 * from its parent, answers each, and ends with it.
 */
process.on("message", (request: LoadRequest) => {
  takeLoad(request).then(
    (sample) => process.send?.({ sample }),
    (error: unknown) => process.send?.({ refused: error instanceof Error ? error.message : String(error) }),
  );
});
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit(0));
