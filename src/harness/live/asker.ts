import { LockstepError } from "../../contract/index.ts";
import { checkFrame } from "../run/contract-check.ts";
import type { RunningTarget } from "../target/index.ts";
import { connectTo, createDevice, type Connection, OpenError, sendRequest } from "../../wire/index.ts";
import type { LiveQuestion } from "./questions.ts";
import type { LiveSpot } from "./walk.ts";

/** Rights to read, and those that upstream wants for some reads that change nothing. */
const SCOPES = ["operator.read", "operator.admin"];

/** One of the gateways that are compared. */
export interface Asker {
  readonly name: string;
  /**
   * Sends one request. The response frame, or nothing when none came in time.
   * @throws LockstepError TARGET_UNREACHABLE when it closed the connection and does not take another
   */
  readonly ask: (question: LiveQuestion) => Promise<Readonly<Record<string, unknown>> | undefined>;
  readonly close: () => Promise<void>;
}

/**
 * Connects to a gateway as an operator who only reads.
 * @param name as the command line has it, for messages
 * @throws LockstepError TARGET_UNREACHABLE
 */
export async function openAsker(name: string, target: RunningTarget, timeoutMs: number): Promise<Asker> {
  const device = target.device ?? createDevice();
  const connect = async (): Promise<Connection> => {
    try {
      const { connection, result } = await connectTo(
        { url: target.url, timeoutMs },
        {
          client: { id: "gateway-client", version: "1.0.0", platform: "lockstep", mode: "backend" },
          device,
          scopes: target.scopes ?? SCOPES,
          now: () => Math.round(Date.now() + target.clockOffsetMs),
          timeoutMs,
          ...(target.token === "" ? {} : { token: target.token }),
        },
      );
      if (result.ok) return connection;
      const said = JSON.stringify(result.frame ?? result.close ?? "nothing");
      throw new LockstepError("TARGET_UNREACHABLE", `${name} refuses the connection: ${said}`, {
        hint: "set LOCKSTEP_TOKEN to a token that may read",
      });
    } catch (error) {
      if (!(error instanceof OpenError)) throw error;
      throw new LockstepError("TARGET_UNREACHABLE", `${name} cannot be reached: ${error.message}`, {
        cause: error,
        hint: target.logTail().slice(-5).join("\n"),
      });
    }
  };
  let connection = await connect();
  let asked = 0;
  return {
    name,
    ask: async (question) => {
      // Somebody may have restarted it meanwhile.
      if (connection.closed !== undefined) connection = await connect();
      asked += 1;
      const answer = await sendRequest(connection, { id: `compare-${asked}`, ...question, timeoutMs });
      if (answer.answered) return answer.frame;
      if (connection.closed !== undefined) connection = await connect();
      return undefined;
    },
    close: async () => {
      await connection.close();
    },
  };
}

/** Where an answer breaks the contract, with list positions taken out. */
export function breachesOf(method: string, frame: Readonly<Record<string, unknown>>): LiveSpot[] {
  return checkFrame(frame, method).map(({ pointer, message }) => ({
    path: pointer.replaceAll(/\/\d+(?=\/|$)/g, "/*"),
    kind: "contract",
    actual: message,
  }));
}
