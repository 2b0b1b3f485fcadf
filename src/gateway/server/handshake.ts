import {
  CLOSE_CODES,
  connectParams,
  deviceSignaturePayload,
  PROTOCOL_VERSION,
  ROLES,
  SIGNATURE_SKEW_MS,
  violations,
  type ConnectParams,
  type ErrorShape,
  type PresenceEntry,
  type Role,
} from "../../contract/index.ts";
import type { GatewayAuth } from "../config/auth.ts";
import type { ControlUiSection } from "../config/types.ts";
import type { ClientAddress } from "./address.ts";
import { deviceIdOf, isSignedBy, storedKeyOf } from "./device-identity.ts";
import type { DeviceToken } from "./device-records.ts";
import type { DeviceStore } from "./device-store.ts";
import { isOriginAllowed } from "./origin.ts";
import { ensurePaired, type PairingEvents } from "./pairing.ts";
import { NO_RATE_LIMIT, type RateLimiter } from "./rate-limit.ts";
import {
  checkSharedSecret,
  explainFailure,
  isControlUi,
  isWebchat,
  type AuthFailure,
} from "./shared-secret.ts";

/** What every handshake is judged by. */
export interface HandshakeRules {
  readonly auth: GatewayAuth;
  readonly controlUi: ControlUiSection;
  readonly limiter: RateLimiter;
  readonly devices: DeviceStore;
  readonly events: PairingEvents;
  /** Told of every credential that was refused. */
  readonly refused: (reason: AuthFailure) => void;
  readonly now: () => number;
}

/** A connect that is refused: the error answered, then the close code. The close reason is the error's text. */
export interface Refusal {
  readonly error: ErrorShape;
  readonly closeCode: number;
}

/** A connect that is accepted. */
export interface Admission {
  readonly params: ConnectParams;
  readonly role: Role;
  /** What the connection may do: nothing without a device. */
  readonly scopes: readonly string[];
  readonly deviceId: string | undefined;
  readonly deviceToken: DeviceToken | undefined;
}

const refuse = (error: ErrorShape, closeCode: number = CLOSE_CODES.policyViolation): Refusal => ({
  error,
  closeCode,
});

const invalid = (message: string): Refusal => refuse({ code: "INVALID_REQUEST", message });

function unauthorized(rules: HandshakeRules, failure: AuthFailure, client: ConnectParams["client"]): Refusal {
  rules.refused(failure);
  return invalid(explainFailure(failure, client));
}

const isRole = (role: string): role is Role => ROLES.some((known) => known === role);

const ORIGIN_REFUSED =
  "origin not allowed (open the Control UI from the gateway host or allow it in gateway.controlUi.allowedOrigins)";

/** Rules 9 to 13: whether the device is who it says it is. */
function refuseDevice(
  params: ConnectParams,
  device: NonNullable<ConnectParams["device"]>,
  role: Role,
  address: ClientAddress,
  challenge: string,
  now: number,
): Refusal | undefined {
  if (deviceIdOf(device.publicKey) !== device.id) return invalid("device identity mismatch");
  if (Math.abs(now - device.signedAt) > SIGNATURE_SKEW_MS) return invalid("device signature expired");
  const nonce = device.nonce?.trim() ?? "";
  if (nonce === "" && !address.local) return invalid("device nonce required");
  if (nonce !== "" && nonce !== challenge) return invalid("device nonce mismatch");
  const text = deviceSignaturePayload({
    deviceId: device.id,
    clientId: params.client.id,
    clientMode: params.client.mode,
    role,
    scopes: params.scopes ?? [],
    signedAt: device.signedAt,
    token: params.auth?.token ?? "",
    nonce: nonce === "" ? undefined : nonce,
  });
  return isSignedBy(device.publicKey, text, device.signature)
    ? undefined
    : invalid("device signature invalid");
}

/**
 * Checks the shared secret. With a device and a token the limiter is asked afterwards and only about a right secret:
 * the token may be the device's own, and then must not count as a failure.
 */
function judgeSecret(
  rules: HandshakeRules,
  params: ConnectParams,
  address: ClientAddress,
  maybeDeviceToken: boolean,
): AuthFailure | undefined {
  const limiter = maybeDeviceToken ? NO_RATE_LIMIT : rules.limiter;
  const failure = checkSharedSecret(rules.auth, params.auth, address.ip, limiter);
  if (!maybeDeviceToken || failure !== undefined) return failure;
  if (!rules.limiter.allows(address.ip, "shared-secret")) return "rate_limited";
  rules.limiter.reset(address.ip, "shared-secret");
  return undefined;
}

async function judgeDeviceToken(
  rules: HandshakeRules,
  address: ClientAddress,
  deviceId: string,
  token: string,
  role: Role,
  scopes: readonly string[],
): Promise<AuthFailure | undefined> {
  if (!rules.limiter.allows(address.ip, "device-token")) return "rate_limited";
  if (await rules.devices.accepts(deviceId, token, role, scopes)) {
    rules.limiter.reset(address.ip, "device-token");
    return undefined;
  }
  rules.limiter.recordFailure(address.ip, "device-token");
  return "device_token_mismatch";
}

/** A connect that passed the checks which need no secret and no device. */
export interface Applicant {
  readonly params: ConnectParams;
  readonly role: Role;
}

/**
 * Checks 1 to 4 of upstream-2026.2.17 section 1.3. They are answered at once: what a client has sent behind such a
 * connect is not looked at any more.
 * @param raw params as they came.
 */
export function screenConnect(
  controlUi: ControlUiSection,
  raw: unknown,
  address: ClientAddress,
): Applicant | Refusal {
  const text = violations(connectParams, raw);
  if (text !== undefined) return invalid(`invalid connect params: ${text}`);
  const params = raw as ConnectParams;
  const { client, minProtocol, maxProtocol, role = "operator" } = params;
  if (maxProtocol < PROTOCOL_VERSION || minProtocol > PROTOCOL_VERSION) {
    const details = { expectedProtocol: PROTOCOL_VERSION };
    return refuse(
      { code: "INVALID_REQUEST", message: "protocol mismatch", details },
      CLOSE_CODES.protocolMismatch,
    );
  }
  if (!isRole(role)) return invalid("invalid role");
  const inBrowser = isControlUi(client) || isWebchat(client);
  if (inBrowser && !isOriginAllowed(address.origin, address.host, controlUi.allowedOrigins ?? [])) {
    return invalid(ORIGIN_REFUSED);
  }
  return { params, role };
}

/**
 * Decides a connect that was screened, by the further checks of upstream-2026.2.17 section 1.3 in their order; the
 * first that fails is reported.
 * @param challenge the nonce of this connection's `connect.challenge`.
 */
export async function judgeConnect(
  rules: HandshakeRules,
  { params, role }: Applicant,
  address: ClientAddress,
  challenge: string,
): Promise<Admission | Refusal> {
  const { client } = params;
  const { allowInsecureAuth, dangerouslyDisableDeviceAuth } = rules.controlUi;
  const controlUi = isControlUi(client);
  const withoutDevices = controlUi && dangerouslyDisableDeviceAuth === true;
  const bypass = withoutDevices || (controlUi && allowInsecureAuth === true);
  const device = withoutDevices ? undefined : params.device;
  const token = params.auth?.token ?? "";
  const failure = judgeSecret(rules, params, address, device !== undefined && token !== "");
  const secretIsRight = checkSharedSecret(rules.auth, params.auth, address.ip) === undefined;

  if (device === undefined) {
    if (controlUi && !bypass) return invalid("control ui requires HTTPS or localhost (secure context)");
    const gaveSecret = token !== "" || (params.auth?.password ?? "") !== "";
    if (!secretIsRight && !gaveSecret)
      return refuse({ code: "NOT_PAIRED", message: "device identity required" });
    if (failure !== undefined) return unauthorized(rules, failure, client);
    const scopes = bypass ? (params.scopes ?? []) : [];
    return { params, role, scopes, deviceId: undefined, deviceToken: undefined };
  }

  const forged = refuseDevice(params, device, role, address, challenge, rules.now());
  if (forged !== undefined) return forged;
  const scopes = params.scopes ?? [];
  const remaining =
    failure === undefined || failure === "rate_limited" || token === ""
      ? failure
      : await judgeDeviceToken(rules, address, device.id, token, role, scopes);
  if (remaining !== undefined) return unauthorized(rules, remaining, client);

  const publicKey = storedKeyOf(device.publicKey) ?? device.publicKey;
  if (!(bypass && secretIsRight)) {
    const { displayName, platform, id: clientId, mode: clientMode } = client;
    const remoteIp = address.reportedIp;
    const description = { displayName, platform, clientId, clientMode, role, scopes, remoteIp };
    const requestId = await ensurePaired(
      rules.devices,
      rules.events,
      device.id,
      publicKey,
      description,
      address.local,
    );
    if (requestId !== undefined) {
      return refuse({ code: "NOT_PAIRED", message: "pairing required", details: { requestId } });
    }
  }
  const deviceToken = await rules.devices.tokenFor(device.id, role, scopes);
  return { params, role, scopes, deviceId: device.id, deviceToken };
}

/** The presence entry of a client that was admitted; its `reason` and times are presence's own. */
export function describeClient(admission: Admission, reportedIp: string | undefined): Partial<PresenceEntry> {
  const { client } = admission.params;
  const { deviceFamily, modelIdentifier } = client;
  const instanceId = admission.deviceId ?? client.instanceId;
  return {
    host: client.displayName ?? client.id,
    ...(reportedIp === undefined ? {} : { ip: reportedIp }),
    version: client.version,
    platform: client.platform,
    ...(deviceFamily === undefined ? {} : { deviceFamily }),
    ...(modelIdentifier === undefined ? {} : { modelIdentifier }),
    mode: client.mode,
    ...(admission.deviceId === undefined ? {} : { deviceId: admission.deviceId }),
    roles: [admission.role],
    scopes: [...admission.scopes],
    ...(instanceId === undefined ? {} : { instanceId }),
    reason: "connect",
  };
}
