import { setTimeout as sleep } from "node:timers/promises";
import { LockstepError } from "../../contract/index.ts";
import {
  type Connection,
  connectTo,
  type DeviceIdentity,
  membersOf,
  sendRequest,
  type WireMessage,
} from "../../wire/index.ts";
import { isObject } from "../scenario/json.ts";
import { targetDied } from "../target/index.ts";
import type { RunningTarget } from "../target/index.ts";
import type { Answer, Interview, Question, Write } from "./types.ts";

/** Requests under way at once. */
const AT_ONCE = 4;
/** As rights of an operator who may do everything (upstream-2026.2.17 section 1.9). */
const SCOPES = ["operator.admin", "operator.read", "operator.write"];
const CLIENT = { id: "gateway-client", version: "1.0.0", platform: "lockstep", mode: "backend" } as const;

/** A connection that asks and writes. */
export interface Talk {
  readonly ask: (question: Question) => Promise<Answer>;
  /** All questions, some at once; answers in the order of the questions. */
  readonly interview: (questions: readonly Question[]) => Promise<Interview>;
  /** One change, and the end of the run when it starts one. @returns why it did not happen, or nothing. */
  readonly write: (write: Write) => Promise<string | undefined>;
  readonly close: () => Promise<void>;
}

function isEndOf(runId: unknown): (message: WireMessage) => boolean {
  return (message) => {
    const payload = membersOf(message)?.["payload"];
    return (
      membersOf(message)?.["event"] === "chat" &&
      isObject(payload) &&
      payload["runId"] === runId &&
      payload["state"] !== "delta"
    );
  };
}

const isAnyEvent = (message: WireMessage): boolean => membersOf(message)?.["type"] === "event";

async function refusalOf(
  connection: Connection,
  write: Write,
  answer: Answer,
  timeoutMs: number,
): Promise<string | undefined> {
  if ("unanswered" in answer) return "was not answered";
  if ("error" in answer) {
    if (answer.error === undefined) return "was refused without a word";
    const message = isObject(answer.error) ? answer.error["message"] : undefined;
    return `was refused: ${typeof message === "string" ? message : JSON.stringify(answer.error)}`;
  }
  if (write.kind !== "chat") return undefined;
  const end = await connection.next(isEndOf(write.params["idempotencyKey"]), timeoutMs);
  if (end === undefined) return "started a run that never ended";
  const payload = membersOf(end)?.["payload"];
  const state = isObject(payload) ? payload["state"] : undefined;
  return state === "final" ? undefined : `started a run that ended in ${JSON.stringify(state)}`;
}

/**
 * Connects with all rights.
 * @throws LockstepError TARGET_UNREACHABLE when the gateway lets us not in, TARGET_DIED later, when it ends by itself
 */
export async function startTalk(
  running: RunningTarget,
  name: string,
  device: DeviceIdentity,
  timeoutMs: number,
): Promise<Talk> {
  const { connection, result } = await connectTo(
    { url: running.url, inboxLimit: 10_000, timeoutMs },
    { client: CLIENT, device, token: running.token, scopes: SCOPES, timeoutMs },
  );
  if (!result.ok) {
    throw new LockstepError("TARGET_UNREACHABLE", `${name} does not let us in`, {
      hint: `it answered connect with ${JSON.stringify(result.frame ?? result.close ?? "nothing")}`,
    });
  }
  let requests = 0;

  const ask = async ({ method, params }: Question): Promise<Answer> => {
    requests += 1;
    const outcome = await sendRequest(connection, { id: `q${requests}`, method, params, timeoutMs });
    if (outcome.answered)
      return outcome.ok ? { payload: outcome.frame["payload"] } : { error: outcome.frame["error"] };
    // The news of a process's end may come after that of its socket.
    if (connection.closed !== undefined) await sleep(300);
    const exit = running.exited();
    if (exit !== undefined) throw targetDied(name, exit, running.logTail(), `at ${method}`);
    return { unanswered: true };
  };

  return {
    ask,
    interview: async (questions) => {
      const answers: { question: Question; answer: Answer }[] = [];
      let next = 0;
      const worker = async (): Promise<void> => {
        for (let at = next++; at < questions.length; at = next++) {
          const question = questions[at];
          if (question !== undefined) answers[at] = { question, answer: await ask(question) };
          // Ticks and health would fill the inbox of a long interview.
          while (connection.take(isAnyEvent) !== undefined);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
      return answers;
    },
    write: async (write) => refusalOf(connection, write, await ask(write), timeoutMs),
    close: async () => {
      await connection.close();
    },
  };
}
