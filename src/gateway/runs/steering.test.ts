import { describe, expect, it } from "vitest";
import { Steering } from "./steering.ts";

const said = (prompt: string) => ({ prompt, at: 0, unheard: () => undefined });

describe("Steering", () => {
  it("takes what is said while the run listens, one after the other, and so much at most", () => {
    const steering = new Steering();
    expect(steering.offer(said("too early"))).toBe(false);
    steering.open();
    for (let at = 0; at < 20; at += 1) expect(steering.offer(said(String(at)))).toBe(true);
    expect(steering.offer(said("too much"))).toBe(false);
    expect([steering.takeOrClose()?.prompt, steering.takeOrClose()?.prompt]).toEqual(["0", "1"]);
    expect(steering.close()).toHaveLength(18);
    expect(steering.offer(said("too late"))).toBe(false);
  });

  it("closes when there is nothing more to say, so that nothing is said to nobody", () => {
    const steering = new Steering();
    steering.open();
    expect([steering.isSteered, steering.takeOrClose()]).toEqual([false, undefined]);
    expect(steering.offer(said("late"))).toBe(false);
  });
});
