import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hasAttachments, readImages } from "./attachments.ts";
import { isOnlyDirectives, readChatReset, readDirectives, readReset } from "./directives.ts";
import { cleanInbound, commandWords, isSilentReply, isStopRequest, isStopText } from "./inbound-text.ts";
import { maySend } from "./send-policy.ts";
import { conversationInfo, stampMessage, userTimeZone } from "./stamp.ts";

describe("inbound text", () => {
  it("is composed, and loses control characters but not line ends", () => {
    expect(cleanInbound("e\u0301\u0007\t\r\n\u007Fx")).toEqual({ text: "\u00E9\t\r\nx" });
    expect(cleanInbound("a\u0000")).toEqual({ refusal: "message must not contain null bytes" });
  });

  it("never keeps a control character, whatever comes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (raw) => {
        const cleaned = cleanInbound(raw);
        const kept = "text" in cleaned ? cleaned.text : "";
        expect("refusal" in cleaned).toBe(raw.includes("\u0000"));
        const codes = Array.from(kept.replaceAll(/[\t\n\r]/g, ""), (char) => char.charCodeAt(0));
        expect(codes.filter((code) => code < 32 || code === 127)).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    [" Stop\n", true],
    ["/STOP", true],
    ["interrupt", true],
    ["stop it", false],
    ["", false],
  ])("%j stops: %s", (text, stops) => expect(isStopText(text)).toBe(stops));

  it.each([
    ["[Fri 2026-02-20 10:00] stop", true],
    ["stop [x]", true],
    ["Ann: Esc", true],
    ["[x]\nwait", true],
    ["[x] /stop:", true],
    ["/stop: now", false],
    ["[x] stop!", false],
    ["[x] please stop", false],
  ])("%j asks to stop behind what clients put before it: %s", (text, asks) =>
    expect(isStopRequest(text)).toBe(asks),
  );

  it.each([
    ["NO_REPLY", true],
    [" NO_REPLY.", true],
    ["Well. NO_REPLY", true],
    ["NO_REPLYING", false],
    ["say NO_REPLY now", false],
  ])("%j says nothing: %s", (text, silent) => expect(isSilentReply(text)).toBe(silent));
});

const MANY = 400_000;

describe("words of a client before those of the user", () => {
  it("are taken out as the plain patterns say, whatever comes", () => {
    const unit = fc.constantFrom("[", "]", " ", "\t", "\n", ":", "a", "-", "/", "\u2028");
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 24 }), (text) => {
        const bare = text.replaceAll(/\[[^\]]+\]\s*/g, "").replaceAll(/^[ \t]*[\w+(). -]+:\s*/gm, "");
        expect(commandWords(text)).toBe(bare.replaceAll(/\s+/g, " ").trim());
      }),
      { numRuns: 2000 },
    );
  });

  // Looked for from every bracket or blank anew, these would keep the gateway busy for minutes.
  it.each(["[", " ", "\t", " \t", "a\n", "[a] "])("costs no more than the length of many %j", (unit) => {
    expect(commandWords(`${unit.repeat(MANY)}x /stop`)).toContain("x /stop");
  });

  it.each([
    ["[Working directory: /tmp]\n\n/model stub/slow", "/model stub/slow"],
    ["[a] [b] /think high [c]", "/think high"],
    ["Bob Jones: /think high", "/think high"],
    ["Bob:\nAnn: /new", "/new"],
    ["earlier /new [Current message - respond to this] /status", "/status"],
    [String.raw`[a]\n/status`, "/status"],
    ["[a /think high", "[a /think high"],
    ["[] /think high", "[] /think high"],
    ["say: hello: there", "hello: there"],
  ])("%j says %j", (text, words) => expect(commandWords(text)).toBe(words));

  it("do not hide a directive, but words of the user do", () => {
    const isCommand = (text: string): boolean => isOnlyDirectives(readDirectives(text));
    expect(isCommand("[Working directory: /tmp]\n\n/model stub/slow")).toBe(true);
    expect(isCommand("Bob: /status [x]")).toBe(true);
    expect(isCommand("[x] /think high solve it")).toBe(false);
    expect(isCommand("[x]")).toBe(false);
  });

  it("do not hide that a session starts over, and are said when the user says nothing", () => {
    expect(readChatReset(" /New ")).toEqual({ reason: "new", rest: "" });
    expect(readChatReset("[x] /reset do\n it")).toEqual({ reason: "reset", rest: "do it" });
    expect(readChatReset("[x]\n\n/new")).toEqual({ reason: "new", rest: "[x] /new" });
    expect(readChatReset("/new [x]")).toEqual({ reason: "new", rest: "/new [x]" });
    expect(readChatReset("[x] hello /new")).toBeUndefined();
  });
});

describe("stamp", () => {
  const at = Date.UTC(2026, 10, 20, 16, 14);

  it("says when a message came, unless it says so itself", () => {
    expect(stampMessage("hi", at, "UTC")).toBe("[Fri 2026-11-20 16:14 UTC] hi");
    expect(stampMessage("hi", at, "Asia/Tokyo")).toBe("[Sat 2026-11-21 01:14 GMT+9] hi");
    const told = "[Mon 2023-11-13 10:00] hi";
    expect(stampMessage(told, at, "UTC")).toBe(told);
    expect(stampMessage(told, at, "UTC", ` ${told}`)).toBe(`[Fri 2026-11-20 16:14 UTC] ${told}`);
    for (const text of ["[x 2026-11-20 16:14] hi", "Current time: now", "  "]) {
      expect(stampMessage(text, at, "UTC")).toBe(text);
    }
  });

  it("takes a zone that does not exist for the machine's", () => {
    expect(userTimeZone("Nowhere/Land")).toBe(userTimeZone(undefined));
    expect(userTimeZone(" UTC ")).toBe("UTC");
  });

  it("quotes what a client says of itself", () => {
    expect(conversationInfo('"', undefined)).toContain('"message_id": "\\""');
  });
});

describe("directives", () => {
  it("are cut out wherever they stand", () => {
    expect(readDirectives("use /think high\n please /verbose: on")).toMatchObject({
      think: { word: "high", level: "high" },
      verbose: { word: "on", level: "on" },
      rest: "use please",
    });
    expect(readDirectives("and/think high is /thinking-free").think).toBeUndefined();
  });

  it("are commands when nothing else is said", () => {
    expect(isOnlyDirectives(readDirectives(" /think "))).toBe(true);
    expect(isOnlyDirectives(readDirectives("/status"))).toBe(true);
    expect(isOnlyDirectives(readDirectives("/model stub/m1 go"))).toBe(false);
    expect(readDirectives("/model stub/m1 go")).toMatchObject({ model: { name: "stub/m1" }, rest: "go" });
    expect(readDirectives("/think loud").think).toEqual({ word: "loud", level: undefined });
  });

  it("start a session over only at the beginning", () => {
    expect(readReset(" /NEW do\nit ")).toEqual({ reason: "new", rest: "do\nit" });
    expect(readReset("/reset")).toEqual({ reason: "reset", rest: "" });
    expect(readReset("please /new")).toBeUndefined();
    expect(readReset("/newer")).toBeUndefined();
  });
});

describe("attachments", () => {
  const png = Buffer.from("89504e470d0a1a0a0000000d", "hex").toString("base64");

  it("are images by what they hold, or what they say when they hold nothing known", () => {
    const data = Buffer.from("nothing known").toString("base64");
    const read = readImages([
      { content: `data:image/png;base64,${png}` },
      { content: png, mimeType: "text/plain" },
      { content: data.slice(0, 16), mimeType: "image/x-odd; a=b" },
      { content: Buffer.from("%PDF-1.7 ").toString("base64"), mimeType: "image/png" },
      { content: "" },
      7,
    ]);
    expect("images" in read && read.images.map(({ mimeType }) => mimeType)).toEqual([
      "image/png",
      "image/png",
      "image/x-odd",
    ]);
  });

  it("say which one is refused", () => {
    expect(readImages([{ content: "abc" }])).toEqual({
      refusal: "Error: attachment attachment-1: invalid base64 content",
    });
    const big = "A".repeat(6_666_672);
    expect(readImages([{ content: big, type: "file" }])).toEqual({
      refusal: "Error: attachment file: exceeds size limit (5000004 > 5000000 bytes)",
    });
    expect(hasAttachments([{ content: "" }, null])).toBe(false);
  });
});

describe("send policy", () => {
  const config = {
    session: {
      sendPolicy: {
        default: "deny" as const,
        rules: [
          { action: "allow" as const, match: { channel: "telegram" } },
          { action: "deny" as const, match: { keyPrefix: "telegram:group:secret" } },
        ],
      },
    },
  };

  it.each([
    ["agent:main:main", undefined, false],
    ["agent:main:telegram:group:1", undefined, true],
    ["agent:main:telegram:group:secret", undefined, false],
    ["agent:main:main", { sendPolicy: "allow" }, true],
    ["agent:main:main", { lastChannel: "Telegram" }, true],
  ])("%s with %j: %s", (key, entry, allowed) => expect(maySend(config, key, entry)).toBe(allowed));

  it("is open where nothing is said", () => expect(maySend({}, "agent:main:main", undefined)).toBe(true));
});
