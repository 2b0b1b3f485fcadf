import { defineConfig } from "vitest/config";

/** OpenClaw's own clients against a gateway. Apart from `npm test`: it installs the oracle and takes minutes. */
export default defineConfig({
  test: {
    include: ["test/clients/**/*.test.ts"],
    // A client is a whole Node process that loads 50 MB; several at once only slow each other down.
    fileParallelism: false,
    testTimeout: 120_000,
    // The first run installs the oracle.
    hookTimeout: 900_000,
  },
});
