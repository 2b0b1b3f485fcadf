import { describe, expect, test } from "vitest";
import { hostName, judgeAddress, proxyMatcher } from "./address.ts";

const judge = (headers: Record<string, string>, remote = "127.0.0.1", proxies: string[] = []) =>
  judgeAddress({ host: "localhost:1", ...headers }, remote, proxyMatcher(proxies));

describe("judgeAddress", () => {
  test.each(["localhost", "127.0.0.1:18789", "[::1]:18789", "::1", "box.tail.ts.net", "LOCALHOST"])(
    "loopback with Host %s is local",
    (host) => {
      expect(judge({ host })).toMatchObject({ local: true, reportedIp: undefined });
    },
  );

  test.each(["example.com", "localhost.example", ""])("loopback with Host %j is not", (host) => {
    expect(judge({ host }).local).toBe(false);
  });

  test.each(["x-forwarded-for", "x-real-ip", "x-forwarded-host"])(
    "%s from nobody we know makes it remote",
    (name) => {
      expect(judge({ [name]: "127.0.0.1" })).toMatchObject({
        local: false,
        ip: "127.0.0.1",
        reportedIp: undefined,
      });
    },
  );

  test("a trusted proxy speaks for its client", () => {
    const proxies = ["127.0.0.1"];
    expect(judge({ "x-forwarded-for": "127.0.0.1" }, "::ffff:127.0.0.1", proxies).local).toBe(true);
    expect(judge({ "x-forwarded-for": "10.0.0.9:55, 1.1.1.1" }, "127.0.0.1", proxies)).toMatchObject({
      local: false,
      ip: "10.0.0.9",
      reportedIp: "10.0.0.9",
    });
    expect(judge({ "x-real-ip": "[2001:DB8::1]:99" }, "127.0.0.1", proxies).reportedIp).toBe("2001:db8::1");
    expect(judge({ "x-forwarded-for": "nonsense" }, "127.0.0.1", proxies).local).toBe(false);
  });

  test("another address is remote and is reported", () => {
    expect(judge({}, "192.0.2.7")).toMatchObject({ local: false, ip: "192.0.2.7", reportedIp: "192.0.2.7" });
  });
});

test("proxies are addresses or networks; what cannot be read matches nothing", () => {
  const matches = proxyMatcher(["10.1.0.0/16", " ::1 ", "192.0.2.1", "what", "10.0.0.0/99", ""]);
  expect(["10.1.2.3", "::ffff:10.1.2.3", "::1", "192.0.2.1"].map(matches)).toEqual([true, true, true, true]);
  expect(["10.2.0.1", "10.0.0.1", "::2", undefined, "what"].map(matches)).toEqual([
    false,
    false,
    false,
    false,
    false,
  ]);
});

test("a Host header's name", () => {
  expect(hostName("[::1]:8")).toBe("::1");
  expect(hostName("[::1")).toBe("[");
  expect(hostName(undefined)).toBe("");
});
