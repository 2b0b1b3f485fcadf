/** Writes PARITY.md from the recordings and a fresh run; `--check` only says whether it is current. */
import { main } from "../src/cli/main.ts";

await main(["parity", ...process.argv.slice(2)]);
