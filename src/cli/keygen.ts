import type { Command } from "commander";
import { createIdentity } from "./identity-file.ts";
import type { Io } from "./io.ts";

/** Adds `keygen`, which makes the key a gateway knows a device by. */
export function addKeygen(program: Command, io: Io, finish: (exitCode: number) => void): void {
  program
    .command("keygen")
    .description("make a device identity (Ed25519) for --device-identity; never overwrites one")
    .option("--out <file>", "where to write it, readable by you alone", "lockstep-device.json")
    .addHelpText("after", "\nExamples:\n  lockstep keygen --out staging-device.json\n")
    .action(({ out }: { readonly out: string }) => {
      const { id } = createIdentity(out, io.cwd);
      io.out(
        `${out} holds the device ${id}\nkeep it like a password; next: lockstep pair <url> --device-identity ${out}\n`,
      );
      finish(0);
    });
}
