// A target for the tests beside it: opens a WebSocket, and misbehaves as its arguments say.
import { fork } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { WebSocketServer } from "ws";

const { values } = parseArgs({
  options: {
    port: { type: "string" },
    delay: { type: "string", default: "0" },
    exit: { type: "string" },
    "exit-after": { type: "string" },
    "taken-once": { type: "boolean" },
    "ignore-sigterm": { type: "boolean" },
    silent: { type: "boolean" },
    child: { type: "boolean" },
    "is-child": { type: "boolean" },
    deaf: { type: "boolean" },
    say: { type: "string" },
  },
});
const state = process.env.OPENCLAW_STATE_DIR ?? "";
const note = (name, content) => {
  writeFileSync(join(state, name), content);
};

if (values.say !== undefined) console.log(values.say);
if (values["is-child"]) {
  note("child.pid", String(process.pid));
  setInterval(() => undefined, 1_000);
} else {
  if (values["ignore-sigterm"]) process.on("SIGTERM", () => console.log("not now"));
  if (values.child) fork(new URL(import.meta.url), ["--is-child"], { stdio: "inherit" });
  if (values["taken-once"] && !existsSync(join(state, "tried"))) {
    note("tried", values.port);
    console.error(`Error: listen EADDRINUSE: address already in use 127.0.0.1:${values.port}`);
    process.exit(1);
  }
  if (values.exit !== undefined) {
    console.error("I will not start");
    process.exit(Number(values.exit));
  }
  note("own.json", JSON.stringify({ pid: process.pid, env: process.env, cwd: process.cwd() }));
  setTimeout(() => {
    if (values.deaf) return;
    const server = new WebSocketServer({ host: "127.0.0.1", port: Number(values.port) });
    server.on("connection", (socket) => {
      if (!values.silent) socket.send('{"type":"event","event":"connect.challenge"}');
    });
    server.on("listening", () => {
      console.log("listening");
      if (values["exit-after"] !== undefined) {
        // Only once somebody was answered, so that the end comes after the start.
        server.once("connection", () => {
          setTimeout(() => {
            console.error("out of memory");
            process.exit(Number(values["exit-after"]));
          }, 100);
        });
      }
    });
  }, Number(values.delay));
  if (values.deaf) setInterval(() => undefined, 1_000);
}
