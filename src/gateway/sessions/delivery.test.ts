import { describe, expect, it } from "vitest";
import { channelId, deliveryContextOf, normalizeRoute, rowRoute } from "./delivery.ts";

describe("delivery", () => {
  it("normalises channels and their aliases", () => {
    expect(channelId(" GChat ")).toBe("googlechat");
    expect(channelId("imsg")).toBe("imessage");
    expect(channelId("Foo")).toBe("foo");
    expect(channelId(" ")).toBeUndefined();
    expect(channelId(5)).toBeUndefined();
  });

  it("fills the last route up from the delivery context, part by part", () => {
    const entry = {
      lastChannel: " Telegram ",
      lastThreadId: 5.7,
      deliveryContext: { channel: "slack", to: " y " },
    };
    expect(deliveryContextOf(entry)).toEqual({ channel: "telegram", to: "y", threadId: 5 });
    expect(deliveryContextOf({ lastTo: 5, deliveryContext: [] })).toBeUndefined();
  });

  it("stores the merged route in both places", () => {
    const entry = { sessionId: "s", channel: "imsg", origin: { threadId: "77" } };
    expect(normalizeRoute(entry)).toEqual({
      ...entry,
      deliveryContext: { channel: "imessage", threadId: "77" },
      lastChannel: "imessage",
      lastThreadId: "77",
    });
  });

  it("leaves a settled entry alone, and takes away what is no route", () => {
    const settled = { deliveryContext: { channel: "telegram" }, lastChannel: "telegram" };
    expect(normalizeRoute(settled)).toBe(settled);
    expect(normalizeRoute({ lastTo: 5, lastChannel: null, a: null })).toEqual({ a: null });
  });

  it("needs two passes where a blank lastChannel hides the channel", () => {
    const once = normalizeRoute({ lastChannel: "", channel: "telegram" });
    expect(once).toEqual({ channel: "telegram" });
    expect(normalizeRoute(once)).toMatchObject({ lastChannel: "telegram" });
  });

  it("shows a row the merged route, else what is stored", () => {
    expect(rowRoute({ lastChannel: "gchat" })).toMatchObject({ lastChannel: "googlechat" });
    expect(rowRoute({ lastTo: 5 })).toMatchObject({ lastTo: 5, deliveryContext: undefined });
  });
});
