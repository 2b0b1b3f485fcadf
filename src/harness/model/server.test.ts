import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MODEL_SCRIPT_NAMES } from "./scripts.ts";
import { type ModelStub, startModelStub } from "./server.ts";

let stub: ModelStub;
beforeAll(async () => {
  stub = await startModelStub();
});
afterAll(() => stub.close());

const ask = (model: string, text: string, stream = true): Promise<Response> =>
  fetch(`${stub.baseUrl}/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ model, stream, messages: [{ role: "user", content: [{ type: "text", text }] }] }),
  });

/** The texts of the chunks of a streamed answer, and what came last. */
async function pieces(response: Response): Promise<{ texts: string[]; last: string | undefined }> {
  const lines = (await response.text()).split("\n").filter((line) => line.startsWith("data: "));
  const data = lines.map((line) => line.slice("data: ".length));
  const texts = data
    .filter((line) => line !== "[DONE]")
    .map((line) => JSON.parse(line) as { choices: { delta: { content?: string } }[] })
    .flatMap(({ choices }) => choices.map(({ delta }) => delta.content ?? ""))
    .filter((text) => text !== "");
  return { texts, last: data.at(-1) };
}

describe("the scripted model", () => {
  it("streams what its script says, usage included", async () => {
    const response = await ask("echo", "meta\n[Fri 2026-11-20 16:14 UTC] hello there");
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    expect(await pieces(response)).toEqual({ texts: ["You said:", " hello there", "."], last: "[DONE]" });
  });

  it("answers in one piece when it is not asked to stream", async () => {
    const body = (await (await ask("echo", "hi", false)).json()) as {
      choices: { message: { content: string } }[];
      usage: { total_tokens: number };
    };
    expect(body.choices[0]?.message.content).toBe("You said: hi.");
    expect(body.usage.total_tokens).toBe(110);
  });

  it.each([
    ["http-400", 400],
    ["http-429", 429],
    ["http-500", 500],
    ["nobody", 404],
  ])("refuses as %s does", async (model, status) => {
    const response = await ask(model, "hi");
    expect(response.status).toBe(status);
    expect(await response.json()).toHaveProperty("error.message");
  });

  it("breaks off in the middle", async () => {
    const response = await ask("drops-midway", "hi");
    await expect(response.text()).rejects.toThrow(/terminated/);
  });

  it("has a script for every name, and counts what it served", async () => {
    const before = stub.requests();
    expect(MODEL_SCRIPT_NAMES).toContain("slow");
    await (await ask("empty", "hi")).text();
    expect(stub.requests()).toBe(before + 1);
  });
});
