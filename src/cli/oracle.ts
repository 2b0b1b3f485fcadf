import { execFileSync } from "node:child_process";
import { LockstepError, PROTOCOL_VERSION } from "../contract/index.ts";
import type { Advertised } from "../harness/coverage/index.ts";
import { inspectTarget } from "../harness/judge/inspect-target.ts";
import type { RecordingFile } from "../harness/learn/index.ts";
import { cacheFolder } from "../harness/target/openclaw-cache.ts";
import { ensureInstalled } from "../harness/target/openclaw-install.ts";
import { withDefaults } from "../harness/target/options.ts";
import { resolveTarget, type Target, type TargetOptions } from "../harness/target/index.ts";
import { OWN_ORACLE, readOracle } from "./recordings.ts";
import { toolVersion } from "./version.ts";

/** An oracle that answers, and what a recording's header says of it. */
export interface Oracle {
  readonly target: Target;
  readonly header: RecordingFile["oracle"];
  /** The methods and events it says it serves. */
  readonly advertised: Advertised;
}

/** The bundled gateway, for the methods that it alone defines. */
async function openOwn(options: TargetOptions): Promise<Oracle> {
  const target = resolveTarget("reference", options);
  const { protocol = PROTOCOL_VERSION, advertised } = await inspectTarget(target, true);
  return {
    target,
    header: { name: OWN_ORACLE, version: toolVersion(), protocol, node: process.version },
    advertised: advertised ?? { methods: [], events: [] },
  };
}

/**
 * Installs the oracle where it is not, starts it once, and learns what it calls itself.
 * @throws LockstepError INSTALL_FAILED, TARGET_UNREACHABLE when it does not answer as a gateway does
 */
export async function openOracle(spec: string, options: TargetOptions): Promise<Oracle> {
  if (spec === "reference") return openOwn(options);
  const { name, version } = readOracle(spec);
  const target = resolveTarget(spec, options);
  // The version it names is no help: an installed gateway calls itself `dev` unless its environment says otherwise.
  const { findings, protocol, advertised, unreachable } = await inspectTarget(target, true);
  const wrong = unreachable?.reason ?? findings[0]?.title;
  if (wrong !== undefined || protocol === undefined || advertised === undefined) {
    const absent = protocol === undefined ? "no protocol" : "no methods and events";
    throw new LockstepError(
      "TARGET_UNREACHABLE",
      `${spec} does not answer as a gateway does: ${wrong ?? `its hello-ok names ${absent}`}`,
    );
  }
  const resolved = withDefaults(options);
  // It is installed by now: nothing is left to warm up.
  const { node } = await ensureInstalled(version, cacheFolder(resolved.env), resolved, () =>
    Promise.resolve(),
  );
  const nodeVersion = execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
  return { target, header: { name, version, protocol, node: nodeVersion }, advertised };
}
