// A server that gets through the handshake and is then wrong in the way its second argument says.
import { Buffer } from "node:buffer";
import process from "node:process";
import { WebSocketServer } from "ws";

const [port, way] = process.argv.slice(2);
const server = new WebSocketServer({ host: "127.0.0.1", port: Number(port) });

const hello = {
  type: "hello-ok",
  protocol: 3,
  server: { version: "small", connId: "c" },
  features: { methods: ["health"], events: [] },
};

server.on("connection", (socket) => {
  const send = (frame) => socket.send(JSON.stringify(frame));
  send({ type: "event", event: "connect.challenge", payload: { nonce: "n", ts: Date.now() } });
  socket.on("message", (data) => {
    const { id, method } = JSON.parse(Buffer.from(data).toString("utf8"));
    if (way === "another-dialect") return send({ type: "resp", id, ok: true, result: {} });
    if (method === "connect") return send({ type: "res", id, ok: true, payload: hello });
    if (method === "health") return send({ type: "res", id, ok: true, payload: {} });
    process.stderr.write(`going down over ${method}\n`, () => process.exit(7));
    return undefined;
  });
});
