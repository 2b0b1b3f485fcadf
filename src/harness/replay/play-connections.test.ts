import { describe, expect, it } from "vitest";
import { answering, joined, playsPerTest, SILENCE } from "../../../test/support/replay-world.ts";
import { helloFrame, type Peer, type Request } from "../../../test/support/scripted-server.ts";
import { closed, message, req, res } from "../../../test/support/tap-lines.ts";

const { launch, play } = playsPerTest();

describe("connections", () => {
  const page = { origin: "https://page.example", "user-agent": "page/1" };
  const headersOf = async (...lines: object[]) => {
    const seen: Record<string, unknown>[] = [];
    const target = await launch(
      answering({}, [], {
        onConnection: ({ request }) => {
          const { origin, "user-agent": agent } = request.headers;
          seen.push({ origin, agent, path: request.url });
        },
      }),
    );
    await play(target, lines);
    return { seen, home: target.url.replace("ws:", "http:") };
  };

  it("of a page that was let in come from the target's own, without what the query held", async () => {
    const { seen, home } = await headersOf(...joined(1, page, "/ws?token=x"));
    expect(seen).toEqual([{ origin: home, agent: "page/1", path: "/ws" }]);
  });

  it("of a page that was refused come from where it came; of a program from nowhere", async () => {
    const refused = message(1, "gateway", { type: "res", id: "c", ok: false });
    const { seen } = await headersOf(...joined(1, page).slice(0, 3), refused, ...joined(2));
    expect(seen).toMatchObject([{ origin: "https://page.example", path: "/" }, { origin: undefined }]);
  });

  it("are closed where the client closed them, and at the end at the latest", async () => {
    const closes: [string, number][] = [];
    let count = 0;
    const target = await launch(
      answering({}, [], {
        onConnection: ({ socket }) => {
          const name = `c${(count += 1)}`;
          socket.on("close", (code) => closes.push([name, code]));
        },
      }),
    );
    const quiet = (connection: number, code: number) => closed(connection, "client", code, "done");
    const { steps } = await play(target, [
      ...[1, 2, 3].flatMap((connection) => joined(connection)),
      quiet(2, 1005),
      quiet(1, 4001),
      req(3, "2", "health"),
      res(3, "2", null),
    ]);
    await expect.poll(() => closes).toHaveLength(3);
    expect(closes).toEqual([
      ["c2", 1000],
      ["c1", 4001],
      ["c3", 1000],
    ]);
    expect(steps.map(({ kind }) => kind)).toEqual(["connect", "connect", "connect", "call"]);
  });

  it("that the target does not take leave their requests closed", async () => {
    const target = await launch({ admit: () => "refuse" });
    const { steps } = await play(target, [...joined(1), closed(1, "gateway", 1000)]);
    expect(steps).toMatchObject([
      { kind: "connect", received: [], close: { code: 1006, reason: "" } },
      { kind: "closed", timedOut: true },
    ]);
  });

  it("are signed by the target's clock", async () => {
    const asked: Request[] = [];
    const away = 10 * 86_400_000;
    const target = await launch(answering({}, asked), away);
    const before = Date.now() + away;
    const { clock } = await play(target, joined(1));
    const { signedAt } = (asked[0]?.params["device"] ?? {}) as { signedAt: number };
    expect(Number.isInteger(signedAt)).toBe(true);
    expect([before, signedAt, clock.end].toSorted((a, b) => a - b)).toEqual([before, signedAt, clock.end]);
  });

  it("show the device token that the target gave to a connection before", async () => {
    const asked: Request[] = [];
    const hello = (request: Request, { say }: Peer) => {
      say(helloFrame(request.id, { deviceToken: "given-here" }));
      return SILENCE;
    };
    const target = await launch(answering({ connect: hello }, asked));
    const first = joined(1).slice(0, 3);
    const given = message(1, "gateway", helloFrame("c", { deviceToken: "<secret:2>" }));
    const [come, challenge, connect] = joined(2);
    const again = JSON.parse(JSON.stringify(connect).replace("<secret:1>", "<secret:2>")) as object;
    await play(target, [...first, given, come ?? {}, challenge ?? {}, again]);
    expect(asked.map(({ params }) => params["auth"])).toEqual([
      { token: "scripted-token" },
      { token: "given-here" },
    ]);
  });

  it("are challenged only where the captured one was", async () => {
    const target = await launch(answering({}));
    const [come, , connect, hello] = joined(1);
    const { steps } = await play(target, [come ?? {}, connect ?? {}, hello ?? {}]);
    expect(steps[0]?.received).toMatchObject([{ payload: { type: "hello-ok" } }]);
  });
});
