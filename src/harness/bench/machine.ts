import { arch, cpus, release, totalmem, type } from "node:os";
import type { BenchFile } from "./format.ts";

/** What this machine is, as far as figures depend on it. */
export function describeMachine(): BenchFile["machine"] {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? "unknown",
    cores: Math.max(1, processors.length),
    memoryBytes: totalmem(),
    os: `${type()} ${release()} ${arch()}`,
    node: process.version,
  };
}
