import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { attempt, run } from "../../../../test/support/run-scenario.ts";

// Written out, the member would look like that of a promise to the linter.
const BEHIND = "then" as const;

describe("connect", () => {
  test("each connection has its name, device, nonce and token; secrets are named", async () => {
    const { steps, known, secrets } = await run({
      connect: { scopes: ["operator.read"] },
      steps: [
        { call: "x" },
        { connect: { as: "other", device: "phone" }, bind: { token: "/payload/auth/deviceToken" } },
        {
          call: "x",
          as: "other",
          params: ["{{device:phone}}", "{{deviceToken:phone}}", "{{nonce:other}}", "{{nonce}}"],
        },
      ],
    });
    const token = `device-token-${known["nonce:other"]}`;
    const id = createHash("sha256")
      .update(Buffer.from(String(known["device:phone.publicKey"]), "base64url"))
      .digest("hex");
    expect(known).toMatchObject({
      "device:phone.id": id,
      "device:phone.deviceToken": token,
      "bind.token": token,
    });
    expect(steps[1]).toMatchObject({
      kind: "connect",
      as: "other",
      method: "connect",
      received: [{ ok: true }],
    });
    expect(steps[2]?.sent).toMatchObject({ params: [id, token, known["nonce:other"], known["nonce:main"]] });
    expect(secrets.toSorted()).toEqual([
      "device:default.deviceToken",
      "device:default.signature",
      "device:phone.deviceToken",
      "device:phone.signature",
      "token",
    ]);
  });

  test("a refusal is captured with its close, however long that takes within a second", async () => {
    const { steps } = await run({ steps: [{ connect: { as: "x", token: "wrong" } }] }, () => ({
      onRequest: (peer, { id }) => {
        peer.say({ type: "res", id, ok: false, error: { code: "INVALID_REQUEST", message: "no" } });
        setTimeout(() => peer.socket.close(1008, "no"), 100);
      },
    }));
    expect(steps[0]).toMatchObject({ received: [{ ok: false }], close: { code: 1008, reason: "no" } });
  });

  test("a step on a connection that is refused shows the refusal", async () => {
    const { steps } = await run({ steps: [{ call: "x" }] }, () => ({
      onRequest: (peer, { id }) => {
        peer.say({ type: "res", id, ok: false, error: { code: "INVALID_REQUEST", message: "no" } });
        peer.socket.close(1008, "no");
      },
    }));
    expect(steps[0]).toMatchObject({
      kind: "call",
      method: "x",
      received: [{ ok: false, error: { message: "no" } }],
      close: { code: 1008 },
    });
  });

  test("messages behind connect are on their way before it is answered", async () => {
    const seen: string[] = [];
    const { steps } = await run(
      {
        steps: [{ connect: { as: "x" }, [BEHIND]: [{ type: "req", id: "p", method: "health" }], frames: 2 }],
      },
      () => ({
        onRequest: (peer, { id, method }) => {
          seen.push(method);
          if (seen.length < 2) return;
          peer.say({ type: "res", id, ok: true });
          peer.socket.close(1008);
        },
      }),
    );
    expect(seen).toEqual(["connect", "health"]);
    expect(steps[0]).toMatchObject({ received: [{ id: "p" }], close: { code: 1008 } });
  });

  test("an open socket is used by the next connect, headers and path included", async () => {
    const paths: unknown[] = [];
    await run(
      {
        steps: [
          { open: { as: "x", path: "/deep", headers: { origin: "http://h:{{port}}" } } },
          { connect: { as: "x" } },
        ],
      },
      () => ({
        onConnection: ({ request }) =>
          paths.push([request.url, request.headers.origin?.startsWith("http://h:")]),
      }),
    );
    expect(paths).toEqual([["/deep", true]]);
  });

  test("a server without a challenge gets v1 and no nonce", async () => {
    const { steps } = await run({ steps: [{ connect: {}, within: 50 }] }, () => ({ greet: false }));
    expect(steps[0]?.sent).not.toHaveProperty("params.device.nonce");
    expect(steps[0]?.received).toMatchObject([{ ok: true }]);
  });

  test("a server that never greets times out in open", async () => {
    const { steps } = await run({ steps: [{ open: { as: "x" }, within: 20 }] }, () => ({ greet: false }));
    expect(steps[0]).toEqual({ kind: "open", as: "x", received: [], timedOut: true });
  });

  test.each([
    ["refuse", [{ "http-status": 401 }]],
    ["drop", []],
  ] as const)(
    "a server that does not let one path in (%s) is not out of reach",
    async (verdict, received) => {
      const admit = ({ url }: { url?: string | undefined }) => (url === "/bad" ? verdict : true);
      const { steps } = await run({ steps: [{ connect: { as: "x", path: "/bad" } }, { call: "y" }] }, () => ({
        admit,
      }));
      expect(steps).toMatchObject([
        { kind: "connect", received, close: { code: 1006 } },
        { received: [{ ok: true }] },
      ]);
    },
  );

  test("a server that lets nobody in is out of reach", async () => {
    const failure = await attempt({ steps: [{ call: "x" }] }, () => ({ admit: () => "drop" }));
    expect(failure).toMatchObject({ kind: "unreachable" });
  });
});
