/** Writes `schemas/` from the contract; `--check` only says whether they are current. */
import { main } from "../src/cli/main.ts";

await main(["schemas", ...process.argv.slice(2)]);
