import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FrameReader, type Passed } from "./frame-reader.ts";

/** One frame as a peer writes it. */
function frame(opcode: number, data: Buffer, { fin = true, masked = false } = {}): Buffer {
  const extended = data.length < 126 ? 0 : data.length < 65_536 ? 2 : 8;
  const head = Buffer.alloc(2 + extended);
  head[0] = (fin ? 0x80 : 0) | opcode;
  head[1] = (masked ? 0x80 : 0) | (extended === 0 ? data.length : extended === 2 ? 126 : 127);
  if (extended === 2) head.writeUInt16BE(data.length, 2);
  if (extended === 8) head.writeBigUInt64BE(BigInt(data.length), 2);
  if (!masked) return Buffer.concat([head, data]);
  const mask = Buffer.from([0x12, 0xfe, 0x00, 0x7a]);
  const hidden = Buffer.from(data.map((byte, index) => byte ^ (mask[index % 4] ?? 0)));
  return Buffer.concat([head, mask, hidden]);
}

function read(bytes: Buffer, cuts: readonly number[] = [], limit = 1_000_000): Passed[] {
  const found: Passed[] = [];
  const reader = new FrameReader(limit, (passed) => found.push(passed));
  let from = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    reader.feed(bytes.subarray(from, cut));
    from = cut;
  }
  reader.feed(bytes.subarray(from));
  return found;
}

const part = fc.uint8Array({ maxLength: 70_000, size: "medium" }).map((bytes) => Buffer.from(bytes));
const message = fc.record({
  binary: fc.boolean(),
  parts: fc.array(part, { minLength: 1, maxLength: 4 }),
  ping: fc.option(fc.uint8Array({ maxLength: 125 }).map((bytes) => Buffer.from(bytes))),
});

describe("FrameReader", () => {
  it("finds every message, however it is fragmented, masked and cut on the way", () => {
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 5 }),
        fc.boolean(),
        fc.array(fc.nat()),
        (messages, masked, cuts) => {
          const bytes = Buffer.concat(
            messages.flatMap(({ binary, parts, ping }) =>
              parts.flatMap((data, index) => {
                const opcode = index > 0 ? 0 : binary ? 2 : 1;
                const piece = frame(opcode, data, { fin: index === parts.length - 1, masked });
                // A ping may stand between the fragments of a message.
                return index === 0 && ping !== null ? [piece, frame(9, ping, { masked })] : [piece];
              }),
            ),
          );
          const before = Buffer.from(bytes);
          const found = read(
            bytes,
            cuts.map((cut) => cut % (bytes.length + 1)),
          );
          expect(bytes.equals(before)).toBe(true);
          const whole = found.filter((one) => one.is === "message");
          expect(whole.map(({ binary, fragments }) => ({ binary, fragments }))).toEqual(
            messages.map(({ binary, parts }) => ({ binary, fragments: parts.length })),
          );
          for (const [index, { parts }] of messages.entries()) {
            expect(whole[index]?.data.equals(Buffer.concat(parts))).toBe(true);
          }
          expect(found.filter(({ is }) => is === "ping")).toHaveLength(
            messages.filter(({ ping }) => ping !== null).length,
          );
          expect(found.some(({ is }) => is === "unreadable")).toBe(false);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("reads the close code and reason", () => {
    const data = Buffer.concat([Buffer.from([0x03, 0xf0]), Buffer.from("slow consumer")]);
    expect(read(frame(8, data))).toEqual([{ is: "close", code: 1008, reason: "slow consumer" }]);
    expect(read(frame(8, Buffer.alloc(0)))).toEqual([{ is: "close", code: 1005, reason: "" }]);
  });

  it("tells the size alone of a message that is too large, and goes on behind it", () => {
    const bytes = Buffer.concat([frame(2, Buffer.alloc(300)), frame(1, Buffer.from("next"))]);
    expect(read(bytes, [7, 150], 200).map(({ is }) => is)).toEqual(["skipped", "message"]);
  });

  it.each([
    ["compression", Buffer.from([0xc1, 0x00]), "compressed"],
    ["an unknown opcode", Buffer.from([0x83, 0x00]), "opcode 3"],
    ["a continuation of nothing", frame(0, Buffer.from("x")), "continues nothing"],
    ["a long control frame", frame(9, Buffer.alloc(126)), "too long"],
  ])("gives up on %s, once", (_, bytes, why) => {
    const found = read(Buffer.concat([bytes, frame(1, Buffer.from("unheard"))]));
    expect(found).toEqual([{ is: "unreadable", why: expect.stringContaining(why) as string }]);
  });
});
