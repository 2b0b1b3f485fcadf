import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonRecord } from "../sessions/json.ts";
import { receivedEntry } from "../sessions/turn-entry.ts";
import { parseSessionKey } from "../sessions/typed-key.ts";
import { replyRoute, type RequestedRoute, routeName } from "./reply-route.ts";

const group = parseSessionKey("agent:main:discord:work:group:g:thread:7");
const last = { lastChannel: "telegram", lastTo: "41", lastAccountId: "home", lastThreadId: 9 };
const route = (asked: RequestedRoute, entry: JsonRecord | undefined = last, key = group) =>
  replyRoute(asked, entry, key);

describe("replyRoute", () => {
  it("is what the request says, and the gateway's own channel where it says nothing", () => {
    expect(route({})).toEqual({ channel: "webchat" });
    expect(route({ channel: " IMSG ", to: " 5 ", threadId: 3 })).toEqual({
      channel: "imessage",
      to: "5",
      threadId: 3,
    });
  });

  it("goes back where the session answered last, then where its key says", () => {
    const whole = { channel: "telegram", to: "41", accountId: "home", threadId: 9 };
    expect(route({ replyBack: true })).toEqual(whole);
    const ofKey = { channel: "discord", to: "g", accountId: "work", threadId: "7" };
    expect(replyRoute({ replyBack: true }, undefined, group)).toEqual(ofKey);
    expect(route({ replyBack: true }, {})).toEqual(ofKey);
    const main = parseSessionKey("agent:main:main");
    expect(replyRoute({ replyBack: true }, undefined, main)).toEqual({ channel: "webchat" });
  });

  it("takes no recipient of another channel, account or recipient", () => {
    expect(route({ replyBack: true, channel: "slack" })).toEqual({ channel: "slack" });
    expect(route({ replyBack: true, channel: "discord" })).toEqual({
      channel: "discord",
      to: "g",
      accountId: "work",
      threadId: "7",
    });
    expect(route({ replyBack: true, accountId: "other" }, last, parseSessionKey("agent:main:x"))).toEqual({
      channel: "webchat",
      accountId: "other",
    });
    expect(route({ replyBack: true, to: "42" })).toEqual({
      channel: "telegram",
      to: "42",
      accountId: "home",
    });
  });

  it("never leaks one group's context into another's, whatever is sent to either", () => {
    const parts = fc.record(
      {
        channel: fc.constantFrom("discord", "telegram", "slack"),
        to: fc.constantFrom("1", "2"),
        accountId: fc.constantFrom("work", "home"),
        threadId: fc.constantFrom("5", 6),
        replyBack: fc.boolean(),
      },
      { requiredKeys: [] },
    );
    const sends = fc.array(fc.record({ group: fc.constantFrom("a", "b"), asked: parts }), { maxLength: 20 });
    fc.assert(
      fc.property(sends, (history) => {
        const play = (only: string | undefined) => {
          const entries = new Map<string, JsonRecord>();
          const routes: string[] = [];
          for (const [at, { group: name, asked }] of history.entries()) {
            if (only !== undefined && name !== only) continue;
            const found = replyRoute(
              asked,
              entries.get(name),
              parseSessionKey(`agent:main:discord:group:${name}`),
            );
            const source = { ...found, label: undefined, isWhole: true };
            entries.set(name, receivedEntry(entries.get(name), source, undefined, at));
            if (name === "a") routes.push(routeName(found));
          }
          return { routes, entry: entries.get("a") };
        };
        // What group a answers, and keeps, is the same whether there is a group b or not.
        expect(play(undefined)).toEqual(play("a"));
      }),
    );
  });

  it("names every part, so that no two routes are taken for one", () => {
    expect(routeName({ channel: "a", to: "b" })).not.toBe(routeName({ channel: "a", accountId: "b" }));
    expect(routeName({ channel: "a", threadId: 5 })).toBe(routeName({ channel: "a", threadId: "5" }));
  });
});
