import { defineConfig } from "vitest/config";

/** The HTML report in a real browser. Apart from `npm test`: it needs Chromium (CHROMIUM names another than the usual one). */
export default defineConfig({
  test: { include: ["test/browser/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 60_000 },
});
