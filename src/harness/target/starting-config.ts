type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Where the launched gateway listens and what it asks for. */
export interface Endpoint {
  readonly port: number;
  readonly token: string;
}

/**
 * The content of `openclaw.json`: the starting state's, completed by mode, port, bind address and shared token. What the
 * state says about mode, bind and auth stands; the port is always ours, since it is where we wait for the target.
 */
export function completeConfig(config: Json, endpoint: Endpoint): Json {
  const gateway = isObject(config["gateway"]) ? config["gateway"] : {};
  const auth = isObject(gateway["auth"]) ? gateway["auth"] : {};
  return {
    ...config,
    gateway: {
      mode: "local",
      bind: "loopback",
      ...gateway,
      port: endpoint.port,
      auth: completeAuth(auth, endpoint.token),
    },
  };
}

function completeAuth(auth: Json, token: string): Json {
  const mode = auth["mode"] ?? (auth["password"] === undefined ? "token" : "password");
  if (mode !== "token") return auth;
  return { mode, token, ...auth };
}

/** The shared token clients must send under a completed config; empty when the config asks for something else. */
export function sharedToken(completed: Json): string {
  const gateway = isObject(completed["gateway"]) ? completed["gateway"] : {};
  const auth = isObject(gateway["auth"]) ? gateway["auth"] : {};
  return auth["mode"] === "token" && typeof auth["token"] === "string" ? auth["token"] : "";
}
