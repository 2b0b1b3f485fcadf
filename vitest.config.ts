import { configDefaults, defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    // Apart: OpenClaw's own clients and its gateway, which have to be installed first (npm run test:clients,
    // npm run test:interchange), and a browser (npm run test:browser).
    exclude: [...configDefaults.exclude, "test/clients/**", "test/interchange/**", "test/browser/**"],
    globalSetup: ["test/support/build.ts"],
    // Most tests wait for processes they started; the default leaves a machine of two cores with one worker.
    maxWorkers: "100%",
    testTimeout: 30_000,
    // Some read every recording there is first, which takes as long as a test when all cores are busy.
    hookTimeout: 30_000,
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts"],
      exclude: ["src/**/*.test.ts", "src/**/index.ts"],
      reporter: ["text-summary", "json-summary"],
      // What decides verdicts, and what every port is held to.
      thresholds: {
        "src/harness/**": { lines: 90 },
        "src/gateway/sessions/**": { lines: 90 },
      },
    },
  },
});
