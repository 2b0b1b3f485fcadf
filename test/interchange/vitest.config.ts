import { defineConfig } from "vitest/config";

/** The real gateway and the bundled one in turns on one state directory. Apart from `npm test`: it installs the oracle. */
export default defineConfig({
  test: {
    include: ["test/interchange/**/*.test.ts"],
    fileParallelism: false,
    testTimeout: 900_000,
  },
});
