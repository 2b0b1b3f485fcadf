import { LockstepError } from "../../contract/index.ts";
import { connectTo, sendRequest, type Connection, type DeviceIdentity } from "../../wire/index.ts";
import { isObject } from "../scenario/json.ts";
import { inlineError } from "./refusal-text.ts";
import { caseIdOfKey } from "./namespace.ts";
import type { Pace } from "./pace.ts";

/** Milliseconds for one answer: a list of very many sessions takes its time. */
const ANSWER_MS = 15_000;
/** Most rows asked for; the search leaves few. */
const MOST_ROWS = 10_000;
/** Lists and deletions, at most: a run that is being torn down may still finish a turn. */
const ROUNDS = 3;
const CLIENT = { id: "test", version: "1.0.0", platform: "lockstep", mode: "test" } as const;

/** Where to clean up, and as whom. */
export interface Endpoint {
  readonly url: string;
  /** Empty when the endpoint needs none. */
  readonly token: string;
  readonly device: DeviceIdentity;
  /** What the device may ask for; admin is needed to delete. */
  readonly scopes: readonly string[];
}

/** A session that some run of ours left. */
export interface LeftSession {
  readonly key: string;
  /** Epoch ms; nothing when the gateway does not say. */
  readonly updatedAt: number | undefined;
}

/** What a clean-up found and did. `left` is what a last look at the gateway's own list still showed. */
export interface CleanUp {
  readonly found: readonly LeftSession[];
  readonly deleted: readonly string[];
  readonly left: readonly { readonly key: string; readonly why: string }[];
}

class Cleaner {
  readonly #connection: Connection;
  readonly #pace: Pace;
  #sent = 0;

  constructor(connection: Connection, pace: Pace) {
    this.#connection = connection;
    this.#pace = pace;
  }

  async #ask(method: string, params: unknown): Promise<Readonly<Record<string, unknown>> | undefined> {
    await this.#pace.turn();
    this.#sent += 1;
    const answer = await sendRequest(this.#connection, {
      id: `lockstep-cleanup-${this.#sent}`,
      method,
      params,
      timeoutMs: ANSWER_MS,
    });
    return answer.answered ? answer.frame : undefined;
  }

  /** Sessions that runs of ours made, of all that the endpoint has. A search alone is not trusted to leave others out. */
  async list(): Promise<LeftSession[]> {
    const frame = await this.#ask("sessions.list", { search: "lockstep-", limit: MOST_ROWS });
    const payload = frame?.["payload"] as { sessions?: unknown } | null | undefined;
    if (frame?.["ok"] !== true || !Array.isArray(payload?.sessions)) {
      throw new LockstepError("CLEANUP_INCOMPLETE", `the sessions cannot be listed: ${inlineError(frame)}`, {
        hint: "the token needs operator.read to list and operator.admin to delete",
      });
    }
    return (payload.sessions as readonly unknown[]).flatMap((row): LeftSession[] => {
      // A gateway may well list what is no session; there is nothing of ours in it.
      const { key, updatedAt } = isObject(row) ? row : {};
      if (typeof key !== "string" || caseIdOfKey(key) === undefined) return [];
      return [{ key, updatedAt: typeof updatedAt === "number" ? updatedAt : undefined }];
    });
  }

  /** Deletes one session with its transcript. @returns why it is still there. */
  async remove(key: string): Promise<string | undefined> {
    const frame = await this.#ask("sessions.delete", { key, deleteTranscript: true });
    return frame?.["ok"] === true ? undefined : inlineError(frame);
  }
}

async function removeAll(cleaner: Cleaner, isWanted: (session: LeftSession) => boolean): Promise<CleanUp> {
  const found = new Map<string, LeftSession>();
  const refusals = new Map<string, string>();
  for (let round = 1; ; round += 1) {
    const there = (await cleaner.list()).filter((session) => found.has(session.key) || isWanted(session));
    for (const session of there) found.set(session.key, session);
    if (there.length === 0 || round > ROUNDS) {
      const still = new Set(there.map(({ key }) => key));
      return {
        found: [...found.values()],
        deleted: [...found.keys()].filter((key) => !still.has(key)),
        left: [...still].map((key) => ({
          key,
          why: refusals.get(key) ?? "it is there again after its deletion",
        })),
      };
    }
    for (const { key } of there) {
      const refusal = await cleaner.remove(key);
      if (refusal === undefined) refusals.delete(key);
      else refusals.set(key, refusal);
    }
  }
}

/**
 * Deletes the sessions that runs of ours left on an endpoint, and looks at its list again afterwards. Sessions whose keys
 * no run of ours makes are never named in any request.
 * @param options.isWanted which of them
 * @param options.dryRun only looks
 * @throws OpenError when nobody answers there; LockstepError CLEANUP_INCOMPLETE when the endpoint lets us neither in nor list
 */
export async function cleanUp(
  endpoint: Endpoint,
  options: {
    readonly isWanted: (session: LeftSession) => boolean;
    readonly pace: Pace;
    readonly dryRun?: boolean;
  },
): Promise<CleanUp> {
  const { connection, result } = await connectTo(
    { url: endpoint.url },
    {
      client: CLIENT,
      scopes: endpoint.scopes,
      device: endpoint.device,
      timeoutMs: ANSWER_MS,
      ...(endpoint.token === "" ? {} : { token: endpoint.token }),
    },
  );
  try {
    if (!result.ok) {
      throw new LockstepError(
        "CLEANUP_INCOMPLETE",
        `the endpoint refuses the connection: ${inlineError(result.frame)}`,
        {
          hint: "is it the token of this gateway? (LOCKSTEP_TOKEN or --token-file); lockstep doctor URL looks",
        },
      );
    }
    const cleaner = new Cleaner(connection, options.pace);
    if (options.dryRun !== true) return await removeAll(cleaner, options.isWanted);
    const found = (await cleaner.list()).filter(options.isWanted);
    return { found, deleted: [], left: [] };
  } finally {
    await connection.close();
  }
}
