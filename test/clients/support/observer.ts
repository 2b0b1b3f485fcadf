import { type Connection, connectTo, createDevice, sendRequest } from "../../../src/wire/index.ts";
import type { Subject } from "./gateway.ts";

/** A connection of our own, to prepare what clients meet and to see what they left behind. */
export interface Observer {
  /** The payload. Throws with the frame when the gateway refuses. */
  readonly call: (method: string, params: object) => Promise<Record<string, unknown>>;
  readonly close: () => Promise<void>;
}

/** Connects with all rights. */
export async function observe(subject: Subject): Promise<Observer> {
  const { connection, result } = await connectTo(
    { url: subject.url },
    {
      client: { id: "gateway-client", version: "1.0.0", platform: "test", mode: "backend" },
      device: createDevice(),
      token: subject.token,
      scopes: ["operator.admin"],
    },
  );
  if (!result.ok) throw new Error(`connect was refused: ${JSON.stringify(result)}`);
  return observerOn(connection);
}

function observerOn(connection: Connection): Observer {
  let requests = 0;
  return {
    call: async (method, params) => {
      requests += 1;
      const answer = await sendRequest(connection, { id: String(requests), method, params });
      if (!answer.answered) throw new Error(`${method} was not answered`);
      if (!answer.ok) throw new Error(`${method} was refused: ${JSON.stringify(answer.frame["error"])}`);
      return answer.frame["payload"] as Record<string, unknown>;
    },
    close: async () => {
      await connection.close();
    },
  };
}
