import { expect, it } from "vitest";
import { SystemEvents } from "./system-events.ts";

const AT = Date.parse("2026-02-20T10:00:05Z");

it("puts what waits for a session before its next prompt, once", () => {
  const events = new SystemEvents(() => AT);
  expect(events.add("a", " ")).toBe(false);
  for (const words of [" one ", "one", "Node: x · reason periodic", "two"]) events.add("a", words);
  events.add("b", "other");
  expect(events.waitingFor("a")).toEqual(["one", "Node: x · reason periodic", "two"]);
  expect(events.before("a", "Go on", "UTC")).toBe(
    "System: [2026-02-20 10:00:05 UTC] one\nSystem: [2026-02-20 10:00:05 UTC] two\n\nGo on",
  );
  expect(events.before("a", "Go on", "UTC")).toBe("Go on");
  expect(events.waitingFor("b")).toEqual(["other"]);
});

it("keeps the twenty newest", () => {
  const events = new SystemEvents(() => AT);
  for (let n = 1; n <= 25; n += 1) events.add("a", String(n));
  expect(events.waitingFor("a")).toEqual(Array.from({ length: 20 }, (_, at) => String(at + 6)));
});
