import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";

/** End-to-end tests run the built command, as a user would; a fresh clone has built it in `prepare`. */
export default function setup(): void {
  if (process.env["LOCKSTEP_SKIP_BUILD"] === "1" && existsSync("dist/cli/main.js")) return;
  execFileSync("npm", ["run", "--silent", "build"], { stdio: "inherit" });
}
