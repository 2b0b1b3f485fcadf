import { z } from "zod";
import { stateVersion } from "./frames.ts";
import { durationMs, epochMs, hostname, opaque, secret, stateDirPath, uuid, version } from "./volatile.ts";

const nonEmpty = z.string().min(1);
const anyOfLiterals = <const T extends readonly [string, string, ...string[]]>(values: T) =>
  z.union(
    values.map((value) => z.literal(value)) as unknown as [z.ZodLiteral<T[number]>, z.ZodLiteral<T[number]>],
  );

/** Names a client may give itself. */
export const CLIENT_IDS = [
  "webchat-ui",
  "openclaw-control-ui",
  "webchat",
  "cli",
  "gateway-client",
  "openclaw-macos",
  "openclaw-ios",
  "openclaw-android",
  "node-host",
  "test",
  "fingerprint",
  "openclaw-probe",
] as const;

/** What kind of client it is. */
export const CLIENT_MODES = ["webchat", "cli", "ui", "backend", "node", "probe", "test"] as const;

/** Roles a connection may take. */
export const ROLES = ["operator", "node"] as const;

/** Scopes a device may ask for. */
export const SCOPES = [
  "operator.admin",
  "operator.read",
  "operator.write",
  "operator.approvals",
  "operator.pairing",
] as const;

export type Role = (typeof ROLES)[number];
export type Scope = (typeof SCOPES)[number];

/** Params of the first request. Property order is upstream's: it decides the order of error texts. */
export const connectParams = z.strictObject({
  minProtocol: z.int().min(1),
  maxProtocol: z.int().min(1),
  client: z.strictObject({
    id: anyOfLiterals(CLIENT_IDS),
    displayName: nonEmpty.optional(),
    version: nonEmpty,
    platform: nonEmpty,
    deviceFamily: nonEmpty.optional(),
    modelIdentifier: nonEmpty.optional(),
    mode: anyOfLiterals(CLIENT_MODES),
    instanceId: nonEmpty.optional(),
  }),
  caps: z.array(nonEmpty).optional(),
  commands: z.array(nonEmpty).optional(),
  permissions: z.record(z.string(), z.boolean()).optional(),
  pathEnv: z.string().optional(),
  role: nonEmpty.optional(),
  scopes: z.array(nonEmpty).optional(),
  device: z
    .strictObject({
      id: nonEmpty,
      publicKey: nonEmpty,
      signature: nonEmpty,
      signedAt: z.int().min(0),
      nonce: nonEmpty.optional(),
    })
    .optional(),
  auth: z
    .strictObject({
      token: z.string().optional(),
      password: z.string().optional(),
    })
    .optional(),
  locale: z.string().optional(),
  userAgent: z.string().optional(),
});

/** One row of the presence list. */
export const presenceEntry = z.strictObject({
  host: nonEmpty.optional(),
  ip: nonEmpty.optional(),
  version: version().optional(),
  platform: opaque().optional(),
  deviceFamily: nonEmpty.optional(),
  modelIdentifier: nonEmpty.optional(),
  mode: nonEmpty.optional(),
  lastInputSeconds: z.int().min(0).optional(),
  reason: nonEmpty.optional(),
  tags: z.array(nonEmpty).optional(),
  text: z.string().optional(),
  ts: epochMs(),
  deviceId: nonEmpty.optional(),
  roles: z.array(nonEmpty).optional(),
  scopes: z.array(nonEmpty).optional(),
  instanceId: nonEmpty.optional(),
});

/** Payload of the response to a connect that succeeded. */
export const helloOk = z.strictObject({
  type: z.literal("hello-ok"),
  protocol: z.int().min(1),
  server: z.strictObject({
    version: version(),
    commit: version().optional(),
    host: hostname().optional(),
    connId: uuid(),
  }),
  features: z.strictObject({ methods: z.array(nonEmpty), events: z.array(nonEmpty) }),
  snapshot: z.strictObject({
    presence: z.array(presenceEntry),
    health: z.record(z.string(), z.unknown()),
    stateVersion,
    uptimeMs: durationMs(),
    configPath: stateDirPath().optional(),
    stateDir: stateDirPath().optional(),
    sessionDefaults: z
      .strictObject({
        defaultAgentId: nonEmpty,
        mainKey: nonEmpty,
        mainSessionKey: nonEmpty,
        scope: nonEmpty.optional(),
      })
      .optional(),
    authMode: z.enum(["none", "token", "password", "trusted-proxy"]).optional(),
  }),
  canvasHostUrl: nonEmpty.optional(),
  auth: z
    .strictObject({
      deviceToken: secret(),
      role: nonEmpty,
      scopes: z.array(nonEmpty),
      issuedAtMs: epochMs().optional(),
    })
    .optional(),
  policy: z.strictObject({
    maxPayload: z.int().min(1),
    maxBufferedBytes: z.int().min(1),
    tickIntervalMs: z.int().min(1),
  }),
});

export type ConnectParams = z.infer<typeof connectParams>;
export type PresenceEntry = z.infer<typeof presenceEntry>;
export type HelloOk = z.infer<typeof helloOk>;

/** Permitted distance between `device.signedAt` and the gateway's clock, both ways, inclusive. */
export const SIGNATURE_SKEW_MS = 600_000;

/** Most bytes of a close reason; a longer text is cut. */
export const CLOSE_REASON_BYTES = 120;

/**
 * The string a device signs (UTF-8, Ed25519). With a nonce the payload is v2, without one v1.
 * Scopes keep the order in which they were requested; the token is `auth.token`, never the password.
 */
export function deviceSignaturePayload(input: {
  deviceId: string;
  clientId: string;
  clientMode: string;
  role: string;
  scopes: readonly string[];
  signedAt: number;
  token: string;
  nonce?: string | undefined;
}): string {
  const fields = [
    input.nonce === undefined ? "v1" : "v2",
    input.deviceId,
    input.clientId,
    input.clientMode,
    input.role,
    input.scopes.join(","),
    String(input.signedAt),
    input.token,
  ];
  if (input.nonce !== undefined) fields.push(input.nonce);
  return fields.join("|");
}
