import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { isActiveAt } from "./active-hours.ts";
import { heartbeatPrompt, namesNoTask } from "./prompt.ts";
import { readHeartbeatReply } from "./reply.ts";
import { Waker, type WakeReason } from "./waker.ts";

const at = (time: string): number => Date.parse(`2026-02-20T${time}:00Z`);

describe("active hours", () => {
  it.each([
    ["09:00", "17:00", "UTC", "08:59", false],
    ["09:00", "17:00", "UTC", "09:00", true],
    ["09:00", "17:00", "UTC", "17:00", false],
    ["22:00", "06:00", "UTC", "05:59", true],
    ["22:00", "06:00", "UTC", "06:00", false],
    ["00:00", "24:00", "UTC", "23:59", true],
    ["09:00", "17:00", "America/New_York", "14:00", true],
    ["09:00", "17:00", "America/New_York", "13:59", false],
    ["09:00", "17:00", "user", "08:00", true],
    ["09:00", "17:00", "no such zone", "08:00", true],
    ["09:00", "09:00", "UTC", "03:00", true],
    ["24:00", "06:00", "UTC", "12:00", true],
    ["9", "17:00", "UTC", "03:00", true],
  ])("%s to %s in %s hold %s: %s", (start, end, timezone, time, active) => {
    const config = { agents: { defaults: { userTimezone: "Europe/Berlin" } } };
    expect(isActiveAt(config, { start, end, timezone }, at(time))).toBe(active);
  });

  it("are all hours when none are stated", () => expect(isActiveAt({}, undefined, at("03:00"))).toBe(true));
});

describe("the answer to a heartbeat", () => {
  it.each([
    ["", 300, { kind: "nothing" }],
    ["NO_REPLY", 300, { kind: "nothing" }],
    ["HEARTBEAT_OK", 0, { kind: "acknowledged" }],
    ["HEARTBEAT_OK.", 300, { kind: "acknowledged" }],
    ["<b>HEARTBEAT_OK</b>", 0, { kind: "acknowledged" }],
    ["**HEARTBEAT_OK**", 300, { kind: "acknowledged" }],
    ["All is quiet. HEARTBEAT_OK", 13, { kind: "acknowledged" }],
    ["All is quiet. HEARTBEAT_OK", 12, { kind: "text", text: "All is quiet." }],
    ["HEARTBEAT_OK\n\nAll  is\nquiet", 5, { kind: "text", text: "All is quiet" }],
    ["Say HEARTBEAT_OK when all is well", 300, { kind: "text", text: "Say HEARTBEAT_OK when all is well" }],
    [" The door\nis open ", 300, { kind: "text", text: "The door\nis open" }],
  ])("%j with %i units beside the token", (answer, ackMaxChars, reply) =>
    expect(readHeartbeatReply(answer, ackMaxChars)).toEqual(reply),
  );

  it.each(["<", "*"])("looks once at each of many %j", (unit) => {
    const answer = `x${unit.repeat(400_000)}y`;
    expect(readHeartbeatReply(answer, 30)).toEqual({ kind: "text", text: answer });
  });

  it("always comes to something, and never to a token alone", () => {
    const part = fc.constantFrom("HEARTBEAT_OK", " ", "!", "**", "<b>", "word", "\n");
    fc.assert(
      fc.property(fc.array(part), fc.nat(20), (parts, ackMaxChars) => {
        const reply = readHeartbeatReply(parts.join(""), ackMaxChars);
        expect(reply).not.toEqual({ kind: "text", text: "HEARTBEAT_OK" });
      }),
    );
  });
});

describe("what a heartbeat asks", () => {
  it.each([
    ["", true],
    ["# Tasks\n\n- [ ]\n* \n+ [x]\n", true],
    ["#tag", false],
    ["- water the plants", false],
  ])("HEARTBEAT.md %j names no task: %s", (text, none) => expect(namesNoTask(text)).toBe(none));

  it("ends with the time, unless the prompt tells one", () => {
    const config = { agents: { defaults: { userTimezone: "UTC" } } };
    expect(heartbeatPrompt(config, "Anything? ", at("15:07"))).toBe(
      "Anything?\nCurrent time: Friday, February 20th, 2026 — 3:07 PM (UTC)",
    );
    const by24 = { agents: { defaults: { userTimezone: "UTC", timeFormat: "24" } } };
    expect(heartbeatPrompt(by24, "Anything?", at("15:07"))).toMatch(/— 15:07 \(UTC\)$/);
    expect(heartbeatPrompt(config, "Current time: noon", at("15:07"))).toBe("Current time: noon");
  });
});

describe("waking", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it("makes one heartbeat of requests that come together, for the reason that weighs most", async () => {
    const ran: WakeReason[] = [];
    const waker = new Waker(async (reason) => {
      ran.push(reason);
      return "done";
    });
    waker.request("wake");
    waker.request("interval", 0);
    await vi.advanceTimersByTimeAsync(300);
    expect(ran).toEqual(["wake"]);
  });

  it("tries again a second after it met a busy agent, and not sooner", async () => {
    const ran: WakeReason[] = [];
    const waker = new Waker(async (reason) => {
      ran.push(reason);
      return ran.length < 2 ? "busy" : "done";
    });
    waker.request("wake", 0);
    await vi.advanceTimersByTimeAsync(10);
    waker.request("interval", 0);
    await vi.advanceTimersByTimeAsync(900);
    expect(ran).toEqual(["wake"]);
    await vi.advanceTimersByTimeAsync(200);
    expect(ran).toEqual(["wake", "wake"]);
  });

  it("runs what was asked for meanwhile afterwards, and nothing once stopped", async () => {
    const ends: (() => void)[] = [];
    const ran: WakeReason[] = [];
    const waker = new Waker((reason) => {
      ran.push(reason);
      return new Promise((resolve) => ends.push(() => resolve("done")));
    });
    waker.request("interval", 0);
    await vi.advanceTimersByTimeAsync(1);
    waker.request("wake");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(ran).toEqual(["interval"]);
    ends.shift()?.();
    await vi.advanceTimersByTimeAsync(300);
    expect(ran).toEqual(["interval", "wake"]);
    ends.shift()?.();
    await waker.stop();
    waker.request("wake", 0);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(ran).toHaveLength(2);
  });
});
