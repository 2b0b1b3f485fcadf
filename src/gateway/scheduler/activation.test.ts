import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GatewayConfig } from "../config/types.ts";
import type { JsonRecord } from "../sessions/json.ts";
import { parseSessionKey } from "../sessions/typed-key.ts";
import { ignoredBecause } from "./activation.ts";

interface Asked {
  readonly key?: string;
  readonly entry?: JsonRecord;
  readonly text?: string;
  readonly wasMentioned?: boolean;
  readonly senderId?: string;
  readonly config?: GatewayConfig;
}

const ask = ({
  key = "agent:main:discord:group:g",
  entry,
  text = "hi",
  wasMentioned,
  senderId,
  config = {},
}: Asked) => ignoredBecause({ config, key: parseSessionKey(key), entry, text, wasMentioned, senderId });

const required = (name: string, requireMention: boolean): GatewayConfig => ({
  channels: { discord: { groups: { [name]: { requireMention } } } },
});

describe("ignoredBecause", () => {
  it("asks for a mention in groups and channels alone, and takes silence for no", () => {
    expect(ask({})).toBe("mention required");
    expect(ask({ wasMentioned: false })).toBe("mention required");
    expect(ask({ wasMentioned: true })).toBeUndefined();
    expect(ask({ key: "agent:main:slack:channel:c:thread:5" })).toBe("mention required");
    for (const key of ["agent:main:main", "agent:main:discord:direct:g", "agent:main:cron:x", "global"])
      expect(ask({ key })).toBeUndefined();
  });

  it("believes the session before the configuration, and a word that means nothing not at all", () => {
    expect(ask({ entry: { groupActivation: " Always " } })).toBeUndefined();
    expect(ask({ entry: { groupActivation: "mention" }, config: required("*", false) })).toBe(
      "mention required",
    );
    expect(ask({ entry: { groupActivation: "sometimes" }, config: required("*", false) })).toBe(
      "mention required",
    );
  });

  it("looks for a group by its name before all groups, and for an account before its channel", () => {
    expect(ask({ config: required("*", false) })).toBeUndefined();
    expect(ask({ config: required("G", false) })).toBeUndefined();
    expect(ask({ config: required("other", false) })).toBe("mention required");
    const groups = { "*": { requireMention: false }, g: { requireMention: true } };
    expect(ask({ config: { channels: { discord: { groups } } } })).toBe("mention required");
    const config = {
      channels: { discord: { accounts: { work: { groups } }, groups: { "*": { requireMention: true } } } },
    };
    expect(ask({ key: "agent:main:discord:work:group:h", config })).toBeUndefined();
    expect(ask({ key: "agent:main:discord:home:group:h", config })).toBe("mention required");
  });

  it("lets control commands pass for named senders, and for nobody when nobody is named", () => {
    const config = { commands: { allowFrom: { "*": ["Ann"], telegram: ["bob"] } } };
    for (const text of ["/new", " /RESET now", "/stop", "/abort", "/help:"])
      expect(ask({ text, config, senderId: "ann" })).toBeUndefined();
    const refused = "mention required: the sender may not give commands here";
    expect(ask({ text: "/new", config, senderId: "bob" })).toBe(refused);
    expect(ask({ text: "/new", config })).toBe(refused);
    expect(ask({ text: "/new", senderId: "ann" })).toBe(refused);
    expect(ask({ text: "/new", config, senderId: "ann", key: "agent:main:telegram:group:g" })).toBe(refused);
    for (const text of ["/newest", "say /new", "/status"])
      expect(ask({ text, config, senderId: "ann" })).toBe("mention required");
  });

  it("never depends on the case of a key or of a word, and never throws on a configuration", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("agent:main:discord:group:g", "agent:main:slack:channel:c", "agent:main:main"),
        fc.constantFrom("always", "mention", undefined),
        fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
        fc.anything(),
        (key, activation, caps, junk) => {
          const mixed = Array.from(key, (c, at) => (caps[at] === true ? c.toUpperCase() : c)).join("");
          const entry = { groupActivation: activation };
          const upper = { groupActivation: activation?.toUpperCase() };
          const config = {
            channels: { discord: junk, slack: { groups: junk } },
            commands: { allowFrom: junk },
          };
          expect(ask({ key: mixed, entry: upper, config })).toBe(ask({ key, entry, config }));
        },
      ),
    );
  });
});
