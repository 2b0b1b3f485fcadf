import { WebSocketServer } from "ws";

/**
 * A process of its own that gives back every message: what the machine, the client and `ws` allow at most. It tells its
 * parent the port, and ends with it.
 */
const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });
server.on("connection", (socket) => {
  socket.on("error", () => {});
  socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
});
server.once("listening", () => {
  const address = server.address();
  process.send?.({ port: typeof address === "object" && address !== null ? address.port : 0 });
});
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit(0));
