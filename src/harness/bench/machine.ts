import { arch, cpus, release, totalmem, type } from "node:os";
import type { BenchFile } from "./format.ts";

/** Version of the kernel without what its builder added: figures don't depend on that, and it may tell whose it is. */
const kernel = (): string => /^[\d.]+/.exec(release())?.[0] ?? "";

/** What this machine is, as far as figures depend on it. */
export function describeMachine(): BenchFile["machine"] {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? "unknown",
    cores: Math.max(1, processors.length),
    memoryBytes: totalmem(),
    os: `${type()} ${kernel()} ${arch()}`,
    node: process.version,
  };
}
