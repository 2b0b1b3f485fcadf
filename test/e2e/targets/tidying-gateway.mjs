// The bundled gateway, wrapped by a command that does something to the state directory before it starts and after it has
// ended: way, port, state directory.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { migrateStore } from "../../../dist/gateway/index.js";

const MAIN = fileURLToPath(new URL("../../../dist/cli/main.js", import.meta.url));
const [way, port, stateDir] = process.argv.slice(2);
const configPath = join(stateDir, "openclaw.json");
const agents = join(stateDir, "agents");

const folderOf = (agent) => join(agents, agent, "sessions");

function changeEntries(change) {
  for (const folder of readdirSync(agents).map(folderOf)) {
    const file = join(folder, "sessions.json");
    if (!existsSync(file)) continue;
    const store = JSON.parse(readFileSync(file, "utf8"));
    for (const entry of Object.values(store)) change(entry);
    writeFileSync(file, JSON.stringify(store, null, 2));
  }
}

/** The stores that the gateway serves: those of the agents it is configured with. */
async function migrate(from, to) {
  const config = JSON.parse(readFileSync(configPath, "utf8"));
  for (const folder of config.agents.list.map(({ id }) => folderOf(id))) {
    const [source, copy] = [join(folder, from), join(folder, to)];
    if (!existsSync(source)) continue;
    rmSync(copy, { force: true });
    await migrateStore({ from: source, to: copy, apply: true });
    for (const suffix of ["", "-wal", "-shm"]) rmSync(`${source}${suffix}`, { force: true });
  }
}

/** What is done before the gateway starts, and after it has ended. */
const WAYS = {
  "drops-unknown": {
    after: () => changeEntries((entry) => delete entry["x-later"]),
  },
  sqlite: {
    before: async () => {
      await migrate("sessions.json", "sessions.db");
      const config = JSON.parse(readFileSync(configPath, "utf8"));
      config.session = { store: join(agents, "{agentId}", "sessions", "sessions.db") };
      writeFileSync(configPath, JSON.stringify(config));
    },
    after: () => migrate("sessions.db", "sessions.json"),
  },
};

const { before, after } = WAYS[way];
let stopping = false;
process.on("SIGTERM", () => {
  stopping = true;
});
await before?.();
const gateway = spawn(
  process.execPath,
  [MAIN, "gateway", "--port", port, "--state-dir", stateDir, "--log-level", "error"],
  { stdio: "inherit" },
);
if (stopping) gateway.kill();
const [code] = await once(gateway, "exit");
await after?.();
process.exit(code ?? 1);
