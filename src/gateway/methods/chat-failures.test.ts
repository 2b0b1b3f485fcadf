import { beforeEach, describe, expect, it } from "vitest";
import { createConversation, endsRun, expectOneBranch } from "../../../test/support/conversation.ts";
import {
  heldAnswer,
  type Piece,
  rawStream,
  refusal,
  slowStream,
  spoken,
  stream,
} from "../../../test/support/model-provider.ts";
import { createModelClient, DEFAULT_PATIENCE } from "../runs/model-client.ts";

const chat = createConversation();
const { provider, send, ended, history, transcriptOf } = chat;
beforeEach(() => chat.start());

const startPatient = (patience: Partial<typeof DEFAULT_PATIENCE>): Promise<void> =>
  chat.start({ modelClient: createModelClient(Date.now, { ...DEFAULT_PATIENCE, ...patience }) });

describe("what a provider does wrong", () => {
  const errorOf = async (runId: string): Promise<string> => {
    await send("main", "hi", runId);
    const event = await ended(runId);
    expect(event["state"]).toBe("error");
    const terminals = chat.client.frames.filter((frame) => endsRun(frame, runId));
    expect(terminals).toHaveLength(1);
    const lines = await transcriptOf("main");
    expectOneBranch(lines);
    expect(lines.at(-1)?.["message"]).toMatchObject({ role: "assistant", stopReason: "error" });
    // The session goes on.
    provider.answers(() => stream(spoken("again")));
    await send("main", "and now", `${runId}-next`);
    expect(await ended(`${runId}-next`)).toMatchObject({ state: "final" });
    return event["errorMessage"];
  };

  it("429: asks again as long as it may, then says that it was too often", async () => {
    provider.answers(() => refusal(429, "busy", { "retry-after-ms": "1" }));
    expect(await errorOf("k")).toBe("⚠️ API rate limit reached. Please try again later.");
    expect(provider.asked).toHaveLength(3 + 1);
  });

  it("429 once: nobody notices", async () => {
    provider.answers((_asked, at) =>
      at === 0 ? refusal(429, "busy", { "retry-after-ms": "1" }) : stream(spoken("fine")),
    );
    await send("main", "hi", "k");
    expect(await ended("k")).toMatchObject({ state: "final", message: { content: [{ text: "fine" }] } });
  });

  it("500", async () => {
    provider.answers(() => refusal(500, "broken", { "retry-after-ms": "1" }));
    expect(await errorOf("k")).toBe("500 broken");
  });

  it("500 with words that name an error", async () => {
    provider.answers(() => refusal(500, "internal server error", { "retry-after-ms": "1" }));
    expect(await errorOf("k")).toBe("HTTP 500: internal server error");
  });

  it("a stream that is cut", async () => {
    async function* pieces(): AsyncGenerator<Piece> {
      yield "Half an";
      await chat.client.find((frame) => frame["payload"]?.state === "delta");
      throw new TypeError("terminated");
    }
    provider.answers(() => slowStream(pieces()));
    expect(await errorOf("k")).toContain("terminated");
    const first = (await history("main"))[1];
    expect(first).toMatchObject({ content: [{ type: "text", text: "Half an" }], stopReason: "error" });
  });

  it("something that is no JSON", async () => {
    provider.answers(() => rawStream("data: {not json\n\n"));
    expect(await errorOf("k")).toMatch(/JSON/);
  });

  it("nothing for too long", async () => {
    await startPatient({ pieceTimeoutMs: 50 });
    provider.answers(heldAnswer("some").answer);
    expect(await errorOf("k")).toBe("LLM request timed out.");
  });

  it("an answer larger than may be", async () => {
    await startPatient({ maxAnswerUnits: 1000 });
    provider.answers(() => stream(Array.from({ length: 200 }, () => "and so on ")));
    expect(await errorOf("k")).toBe("The answer is too large.");
  });
});
