/** Looked for in the working directory, in this order; there may be one of them. */
export const CONFIG_FILES = [
  "lockstep.config.yaml",
  "lockstep.config.yml",
  "lockstep.config.ts",
  "lockstep.config.mjs",
  "lockstep.config.js",
  "lockstep.config.json",
] as const;
