import { PROTOCOL_VERSION, deviceSignaturePayload } from "../../contract/index.ts";
import type { DeviceIdentity } from "../../wire/index.ts";
import { isObject, mergeJson } from "../scenario/json.ts";
import { parseDistance } from "../scenario/expression.ts";
import { ABSENT, TemplateError, render } from "../scenario/template.ts";
import type { Resolve } from "../scenario/template.ts";
import type { ConnectOptions } from "../scenario/schema.ts";

/** How a connection introduces itself when a scenario says nothing. */
const CLIENT = { id: "test", version: "1.0.0", platform: "lockstep", mode: "test" };
const ALL_SCOPES = [
  "operator.admin",
  "operator.read",
  "operator.write",
  "operator.approvals",
  "operator.pairing",
];

export interface ConnectInput {
  /** The step's options, templates not yet filled in. */
  readonly options: ConnectOptions;
  readonly resolve: Resolve;
  readonly device?: DeviceIdentity;
  /** Shared token of the target; empty when it needs none. */
  readonly token: string;
  /** Scopes to ask for where the options say nothing; all when absent. */
  readonly scopes?: readonly string[];
  /** Nonce of the connection's challenge. */
  readonly nonce?: string;
  /** The target's clock, epoch ms. */
  readonly now: number;
}

/** Params of a connect request, and what the device signed with. */
export interface ConnectRequest {
  readonly params: unknown;
  readonly signature?: string;
  readonly signedAt?: number;
}

type Members = Readonly<Record<string, unknown>>;

function stringOr(value: unknown, fallback: string): string {
  return typeof value === "string" ? value : fallback;
}

/** A member of rendered options: what it says, `undefined` for `{{absent}}`, or the fallback when not given at all. */
function given(raw: Members, rendered: Members, name: string, fallback: unknown): unknown {
  return Object.hasOwn(raw, name) ? rendered[name] : fallback;
}

function renderMembers(value: unknown, resolve: Resolve, what: string): Members {
  const rendered = render(value ?? {}, resolve);
  if (rendered === ABSENT) return {};
  if (!isObject(rendered)) throw new TemplateError(`${what} must be an object`);
  return rendered;
}

function baseParams({ options, token, scopes }: ConnectInput): Members {
  const auth = {
    ...(options.token !== undefined || token !== "" ? { token: options.token ?? token } : {}),
    ...(options.password === undefined ? {} : { password: options.password }),
  };
  return {
    minProtocol: PROTOCOL_VERSION,
    maxProtocol: PROTOCOL_VERSION,
    client: CLIENT,
    role: options.role ?? "operator",
    scopes: options.scopes ?? scopes ?? ALL_SCOPES,
    auth,
  };
}

/** What is signed unless the scenario says otherwise: exactly what the params say (upstream-2026.2.17 section 1.5). */
function signedBy(params: Members, deviceId: string, signedAt: number, nonce: string | undefined) {
  const client = isObject(params["client"]) ? params["client"] : {};
  const auth = isObject(params["auth"]) ? params["auth"] : {};
  const scopes: unknown[] = Array.isArray(params["scopes"]) ? params["scopes"] : [];
  return {
    deviceId,
    clientId: stringOr(client["id"], ""),
    clientMode: stringOr(client["mode"], ""),
    role: stringOr(params["role"], "operator"),
    scopes: scopes.map(String),
    signedAt,
    token: stringOr(auth["token"], ""),
    nonce,
  };
}

function signDevice(input: ConnectInput, device: DeviceIdentity, params: Members): Members {
  const { options, resolve } = input;
  const rawSign = typeof options.sign === "string" ? render(options.sign, resolve) : options.sign;
  const raw = isObject(rawSign) ? rawSign : {};
  const sign = renderMembers(raw, resolve, "sign");
  const skew = sign["skew"] === undefined ? 0 : parseDistance(stringOr(sign["skew"], ""));
  if (skew === undefined)
    throw new TemplateError(`sign.skew is no distance: ${JSON.stringify(sign["skew"])}`);

  const signedAt = Math.round(input.now + skew);
  const nonce = given(raw, sign, "nonce", input.nonce);
  const deviceId = stringOr(sign["deviceId"], device.id);
  const trimmed = typeof nonce === "string" ? nonce.trim() : "";
  const version = sign["version"] ?? (trimmed === "" ? "v1" : "v2");
  const base = signedBy(params, deviceId, signedAt, version === "v2" ? trimmed : undefined);
  // An empty string where the scenario takes a member out: a field of the signed text cannot be missing.
  const over = renderMembers(raw["over"], resolve, "sign.over");
  const signed = { ...base, ...over };
  const signature = device
    .sign(deviceSignaturePayload(signed))
    .toString(sign["encoding"] === "base64" ? "base64" : "base64url");
  return {
    id: deviceId,
    publicKey: stringOr(
      sign["publicKey"],
      sign["publicKeyForm"] === "pem" ? device.publicKeyPem : device.publicKey,
    ),
    signature: given(raw, sign, "signature", signature),
    signedAt,
    ...(nonce === undefined ? {} : { nonce }),
  };
}

/**
 * Builds the params of a connect request: the defaults, the step's own members over them, and a device signature that
 * is right for what is sent unless `sign` changes it.
 * @throws TemplateError when a template has no value or a member has a form that cannot be signed.
 */
export function buildConnect(input: ConnectInput): ConnectRequest {
  const { options, resolve } = input;
  if (options.replace !== undefined) return { params: render(options.replace, resolve) };

  const { device: deviceOver, ...over } = options.params ?? {};
  const members = renderMembers(mergeJson(baseParams(input), over), resolve, "connect params");
  const { auth, ...others } = members;
  const emptied = isObject(auth) && Object.keys(auth).length === 0 && !Object.hasOwn(over, "auth");
  const params = auth === undefined || emptied ? others : members;

  const computed = input.device === undefined ? undefined : signDevice(input, input.device, params);
  const device = deviceOver === undefined ? computed : render(mergeJson(computed, deviceOver), resolve);
  if (device === undefined || device === ABSENT) return { params };
  return {
    params: { ...params, device },
    ...(typeof computed?.["signature"] === "string" ? { signature: computed["signature"] } : {}),
    ...(typeof computed?.["signedAt"] === "number" ? { signedAt: computed["signedAt"] } : {}),
  };
}
