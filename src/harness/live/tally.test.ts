import { describe, expect, it } from "vitest";
import { MethodTally } from "./tally.ts";
import { spotsBetween, type LiveSpot } from "./walk.ts";

const value = (path: string, annotation?: LiveSpot["annotation"]): LiveSpot => ({
  path,
  kind: "value",
  expected: 1,
  actual: 2,
  annotation,
});

function judged(calls: readonly [raw: LiveSpot[], noise: LiveSpot[]][]): Record<string, string> {
  const tally = new MethodTally();
  for (const [raw, noise] of calls) tally.add(undefined, raw, noise);
  return Object.fromEntries(tally.paths().map((one) => [`${one.path} ${one.kind}`, one.judged]));
}

describe("MethodTally", () => {
  it("finds one difference among a thousand calls: no threshold hides it", () => {
    const quiet = Array.from({ length: 999 }, (): [LiveSpot[], LiveSpot[]] => [[], []]);
    expect(judged([...quiet, [[value("/payload/count")], []]])).toEqual({
      "/payload/count value": "difference",
    });
  });

  it("takes for noise what primary and secondary differ in too", () => {
    expect(judged([[[value("/payload/n")], [value("/payload/n")]]])).toEqual({ "/payload/n value": "noise" });
  });

  it("does not let noise in a value hide that it is of another type, or gone", () => {
    const noise = [value("/payload/n")];
    const gone: LiveSpot = { path: "/payload/n", kind: "missing", expected: 1 };
    expect(judged([[[gone], noise]])).toMatchObject({ "/payload/n missing": "difference" });
  });

  it("does not let a rare race hide what always differs, but for what the contract calls volatile", () => {
    const calls = (annotation?: LiveSpot["annotation"]) =>
      Array.from({ length: 100 }, (_, index): [LiveSpot[], LiveSpot[]] => [
        [value("/payload/n", annotation)],
        index === 0 ? [value("/payload/n", annotation)] : [],
      ]);
    expect(judged(calls())).toEqual({ "/payload/n value": "difference" });
    expect(judged(calls("duration-ms"))).toEqual({ "/payload/n value": "noise" });
  });

  it("lets a build have its own version, and a machine its own name", () => {
    expect(judged([[[value("/payload/v", "version"), value("/payload/h", "hostname")], []]])).toEqual({
      "/payload/v value": "own",
      "/payload/h value": "own",
    });
  });

  it("does not take for a difference what was measured for each answer, but what was stored", () => {
    const payload = (ts: number, updatedAt: number) => ({
      type: "res",
      ok: true,
      payload: { ts, sessions: [{ updatedAt }] },
    });
    const spots = spotsBetween("sessions.list", payload(9e12, 5e12), payload(9e12 + 3, 5e12 + 3), 9e12 + 9);
    expect(judged([[spots, []]])).toEqual({
      "/payload/ts value": "noise",
      "/payload/sessions/*/updatedAt value": "difference",
    });
  });

  it("counts a call once, keeps three examples, and counts every call", () => {
    const tally = new MethodTally();
    for (let call = 0; call < 10; call += 1) tally.add({ call }, [value("/a"), value("/a")], []);
    expect(tally.calls).toBe(10);
    expect(tally.paths()).toMatchObject([{ raw: 10, noise: 0, examples: [{}, {}, {}] }]);
    expect(tally.paths()[0]?.examples).toHaveLength(3);
  });
});

describe("spotsBetween", () => {
  const res = (payload: unknown) => ({ type: "res", id: "1", ok: true, payload });
  const told = (expected: unknown, actual: unknown) =>
    spotsBetween("sessions.list", res(expected), actual === undefined ? undefined : res(actual), 0).map(
      ({ path, kind }) => `${path} ${kind}`,
    );

  it.each([
    [{ a: 1 }, { a: 1 }, []],
    [{ a: 1 }, { a: 2 }, ["/payload/a value"]],
    [{ a: 1 }, { a: "1" }, ["/payload/a type"]],
    [{ a: null }, {}, ["/payload/a missing"]],
    [{}, { a: null }, ["/payload/a extra"]],
    [[1, 2], [1], ["/payload count"]],
    [
      [{ b: 1 }, { b: 2 }],
      [{ b: 3 }, { b: 4 }],
      ["/payload/*/b value", "/payload/*/b value"],
    ],
    [{ "a/b": 1 }, { "a/b": 2 }, ["/payload/a~1b value"]],
    [{}, undefined, [" timeout"]],
  ])("%j and %j", (expected, actual, spots) => {
    expect(told(expected, actual)).toEqual(spots);
  });

  it("tells of a success in place of a failure, and of another code", () => {
    const failure = (code: string) => ({ type: "res", id: "1", ok: false, error: { code, message: "no" } });
    expect(spotsBetween("health", failure("A"), res({}), 0)).toMatchObject([{ path: "/ok", kind: "value" }]);
    expect(spotsBetween("health", failure("A"), failure("B"), 0)).toMatchObject([
      { path: "/error/code", kind: "code" },
    ]);
  });

  it("knows what the contract says of a place", () => {
    expect(spotsBetween("sessions.list", res({ ts: 1 }), res({ ts: 2 }), 0)).toMatchObject([
      { path: "/payload/ts", annotation: "epoch-ms" },
    ]);
  });
});
