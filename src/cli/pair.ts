import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import { LockstepError, SCOPES } from "../contract/index.ts";
import { inlineError } from "../harness/staging/refusal-text.ts";
import type { RunningTarget } from "../harness/target/index.ts";
import { connectTo, type DeviceIdentity } from "../wire/index.ts";
import { addEndpointFlags, endpointOptions, type EndpointFlags } from "./endpoint-options.ts";
import { readIdentity, storePairing } from "./identity-file.ts";
import type { Io } from "./io.ts";
import { collect, milliseconds } from "./options.ts";
import { sharedTarget } from "./target-argument.ts";

interface PairFlags extends EndpointFlags {
  readonly deviceIdentity: string;
  readonly scope?: readonly string[];
  readonly wait?: number | true;
}

const DEFAULT_WAIT_MS = 300_000;
/** Pause between two looks whether somebody approved. */
const LOOK_MS = 2_000;
const CLIENT = { id: "test", version: "1.0.0", platform: "lockstep", mode: "test" } as const;

const EXAMPLES = `
Examples:
  LOCKSTEP_TOKEN=... lockstep pair wss://staging.example --device-identity staging-device.json --wait
  lockstep pair wss://staging.example --device-identity staging-device.json --token-file token --scope operator.read --scope operator.admin
`;

type Answer =
  | { readonly state: "paired"; readonly token: string | undefined; readonly scopes: readonly string[] }
  | { readonly state: "pending"; readonly request: string };

async function ask(
  running: RunningTarget,
  device: DeviceIdentity,
  scopes: readonly string[],
): Promise<Answer> {
  const { connection, result } = await connectTo(
    { url: running.url },
    { client: CLIENT, scopes, device, ...(running.token === "" ? {} : { token: running.token }) },
  );
  await connection.close();
  if (result.ok) {
    const { auth } = result.hello;
    return { state: "paired", token: auth?.deviceToken, scopes: auth?.scopes ?? scopes };
  }
  const { error } = (result.frame ?? {}) as { error?: { code?: unknown; details?: { requestId?: unknown } } };
  if (error?.code !== "NOT_PAIRED") {
    throw new LockstepError(
      "NOT_PAIRED",
      `${running.url} refuses the connection: ${inlineError(result.frame)}`,
      {
        hint: "pairing needs the gateway's token: LOCKSTEP_TOKEN or --token-file",
      },
    );
  }
  const request = error.details?.requestId;
  return { state: "pending", request: typeof request === "string" ? request : "" };
}

function howToApprove(request: string): string {
  return `its owner approves it there: openclaw devices approve${request === "" ? "" : ` ${request}`}`;
}

async function pair(spec: string, flags: PairFlags, io: Io): Promise<void> {
  const scopes = flags.scope ?? ["operator.read"];
  const unknown = scopes.find((scope) => !SCOPES.some((known) => known === scope));
  if (unknown !== undefined) {
    throw new LockstepError("USAGE", `${unknown} is no scope`, { hint: `scopes are ${SCOPES.join(", ")}` });
  }
  const { device } = readIdentity(flags.deviceIdentity, io.cwd);
  const target = sharedTarget(spec, endpointOptions(flags, spec, io));
  const running = await target.launch({ config: {}, files: new Map(), env: {} }, {});
  const waitMs = flags.wait === true ? DEFAULT_WAIT_MS : (flags.wait ?? 0);
  const deadline = performance.now() + waitMs;
  for (let told = false; ; told = true) {
    const answer = await ask(running, device, scopes);
    if (answer.state === "paired") {
      const { token, scopes: granted } = answer;
      storePairing(flags.deviceIdentity, io.cwd, running.url, {
        ...(token === undefined ? {} : { token }),
        scopes: [...granted],
      });
      io.out(
        `paired: ${running.url} gives the device ${granted.join(", ") || "no scope"}; ${flags.deviceIdentity} keeps it\n`,
      );
      return;
    }
    if (performance.now() >= deadline) {
      throw new LockstepError("NOT_PAIRED", `${running.url} has to approve the device ${device.id} first`, {
        hint: `${howToApprove(answer.request)}; then run this again, or let it wait with --wait`,
      });
    }
    if (!told) io.err(`waiting until the device ${device.id} is approved; ${howToApprove(answer.request)}\n`);
    await sleep(LOOK_MS, undefined, { signal: io.interrupted }).catch((error: unknown) => {
      throw new LockstepError("INTERRUPTED", "interrupted before anybody approved", { cause: error });
    });
  }
}

/** Adds `pair`, which makes a device known to a gateway and keeps the token that it gets. */
export function addPair(program: Command, io: Io, finish: (exitCode: number) => void): void {
  const command = program
    .command("pair")
    .description(
      "make a device identity known to a gateway, and keep the device token it gets in the identity's file",
    )
    .argument("<url>", "ws:// or wss:// of the gateway")
    .option("--scope <scope>", "what the device may do; may be repeated (default: operator.read)", collect)
    .option("--wait [duration]", "wait until the gateway's owner approves (default: 5m)", milliseconds)
    .addHelpText("after", EXAMPLES);
  addEndpointFlags(command).action(async (url: string, flags: EndpointFlags & Partial<PairFlags>) => {
    const { deviceIdentity } = flags;
    if (deviceIdentity === undefined) {
      throw new LockstepError("USAGE", "pair needs --device-identity", { hint: "make one: lockstep keygen" });
    }
    await pair(url, { ...flags, deviceIdentity }, io);
    finish(0);
  });
}
