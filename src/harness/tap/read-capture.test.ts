import { describe, expect, it } from "vitest";
import { readCapture, readCaptureLines } from "./read-capture.ts";

const HEADER = JSON.stringify({
  line: "header",
  format: "lockstep-capture/1",
  tool: "lockstep 0",
  started: "2026-02-17T08:00:00.000Z",
  upstream: "ws://127.0.0.1:1/",
  listen: "ws://127.0.0.1:2",
});
const MESSAGE = JSON.stringify({ line: "message", connection: 1, at: 2, from: "client", json: null });
const FOOTER = JSON.stringify({
  line: "footer",
  at: 3,
  connections: 1,
  messages: { client: 1, gateway: 0 },
  secrets: 0,
});

describe("readCaptureLines", () => {
  it("reads a whole capture", async () => {
    const { complete, lines } = await readCaptureLines([HEADER, MESSAGE, FOOTER, ""], "c");
    expect({ complete, lines: lines.length }).toEqual({ complete: true, lines: 1 });
    expect(lines[0]).toMatchObject({ json: null });
  });

  it("reads what a tap that died left behind", async () => {
    const { complete, lines } = await readCaptureLines([HEADER, MESSAGE, MESSAGE.slice(0, 20)], "c");
    expect({ complete, lines: lines.length }).toEqual({ complete: false, lines: 1 });
  });

  it.each([
    ["a line that is cut in the middle", [HEADER, MESSAGE.slice(0, 20), MESSAGE], "line 2 is no JSON"],
    ["no header", [MESSAGE], "does not begin with a header"],
    ["another format", [HEADER.replace("capture/1", "capture/9")], "line 1"],
    ["nothing", [], "does not begin with a header"],
  ])("refuses %s", async (_, lines, said) => {
    await expect(readCaptureLines(lines, "c")).rejects.toMatchObject({
      code: "CAPTURE_INVALID",
      message: expect.stringContaining(said) as string,
    });
  });

  it("says that a file is not there", async () => {
    await expect(readCapture("/nowhere/at/all", "all")).rejects.toMatchObject({ code: "CAPTURE_INVALID" });
  });
});
