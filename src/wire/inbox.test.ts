import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Inbox } from "./inbox.ts";
import type { WireMessage } from "./inbox.ts";

const message = (index: number): WireMessage => ({
  index,
  at: 0,
  text: String(index),
  binary: false,
  isJson: true,
  value: index,
});
const any = () => true;

test("messages are given out once, in the order of arrival", async () => {
  const inbox = new Inbox();
  inbox.put(message(0));
  inbox.put(message(1));
  expect((await inbox.next(any, 1_000))?.index).toBe(0);
  expect(inbox.take(any)?.index).toBe(1);
  expect(inbox.take(any)).toBeUndefined();
});

test("a wait ends with the first message that matches, and leaves the others", async () => {
  const inbox = new Inbox();
  const wanted = inbox.next(({ index }) => index === 1, 1_000);
  inbox.put(message(0));
  inbox.put(message(1));
  expect((await wanted)?.index).toBe(1);
  expect(inbox.waiting.map(({ index }) => index)).toEqual([0]);
});

test("two waits for the same message share nothing: the first gets it", async () => {
  const inbox = new Inbox();
  const first = inbox.next(any, 1_000);
  const second = inbox.next(any, 20);
  inbox.put(message(7));
  expect((await first)?.index).toBe(7);
  expect(await second).toBeUndefined();
});

test("the deadline and the end both end a wait with nothing", async () => {
  const inbox = new Inbox();
  expect(await inbox.next(any, 5)).toBeUndefined();
  const waiting = inbox.next(any, 60_000);
  inbox.end();
  expect(await waiting).toBeUndefined();
  expect(await inbox.next(any, 60_000)).toBeUndefined();
});

test("what arrived before the end can still be taken", async () => {
  const inbox = new Inbox();
  inbox.put(message(3));
  inbox.end();
  expect((await inbox.next(any, 60_000))?.index).toBe(3);
});

test("never more than the limit waits, the oldest goes, and what went is counted", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 60 }), (limit, count) => {
      const inbox = new Inbox(limit);
      for (let index = 0; index < count; index += 1) inbox.put(message(index));
      expect(inbox.waiting).toHaveLength(Math.min(limit, count));
      expect(inbox.dropped).toBe(Math.max(0, count - limit));
      expect(inbox.waiting.at(0)?.index).toBe(count === 0 ? undefined : Math.max(0, count - limit));
    }),
  );
});

test("messages that are too large together go, the oldest first, and what was taken makes room", () => {
  const large = (index: number): WireMessage => ({ ...message(index), text: "x".repeat(40) });
  const inbox = new Inbox(100, 100);
  for (const index of [0, 1, 2]) inbox.put(large(index));
  expect(inbox.waiting.map(({ index }) => index)).toEqual([1, 2]);
  expect(inbox.dropped).toBe(1);
  inbox.take(any);
  inbox.put(large(3));
  expect(inbox.waiting.map(({ index }) => index)).toEqual([2, 3]);
  expect(inbox.dropped).toBe(1);
});
