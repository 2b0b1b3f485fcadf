import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";

/**
 * Joins the built command and what it imports into a few files, in the place of dist/cli/main.js. Node reads a file for each
 * module otherwise, hundreds of them before a gateway listens: a third of its cold start and a tenth of its memory.
 * Everything else in dist stays as it was built, for whoever imports the package.
 */
const ROOT = fileURLToPath(new URL("../", import.meta.url));
const FOLDER = join(ROOT, "dist", "cli");
const PART = "part-";

/** Native, or loaded only when it is asked for, which keeps what it is. */
const APART = ["better-sqlite3", "openai", "yaml", "prom-client"];

/** `import.meta.url` keeps meaning the file it was written in: paths beside it are right wherever the code ends up. */
const keepUrls: Plugin = {
  name: "keep-urls",
  setup(plugins) {
    plugins.onLoad({ filter: /\.js$/ }, ({ path }) => {
      if (!path.startsWith(join(ROOT, "dist") + sep)) return undefined;
      const from = relative(FOLDER, path).split(sep).join("/");
      const text = readFileSync(path, "utf8");
      if (from === "main.js" || !text.includes("import.meta.url")) return undefined;
      const url = `new URL(${JSON.stringify(from)}, import.meta.url).href`;
      return { contents: text.replaceAll("import.meta.url", url), resolveDir: dirname(path) };
    });
  },
};

/** Folders of the packages whose code was taken over. */
function packagesOf(inputs: readonly string[]): string[] {
  const folders = inputs.map((input) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1]);
  return [...new Set(folders.filter((folder) => folder !== undefined))].toSorted();
}

/** Their licences, which ask to be passed on with the code. */
function licencesOf(folders: readonly string[]): string {
  const texts = folders.map((folder) => {
    const file = readdirSync(join(ROOT, folder)).find((name) => /^licen[cs]e/i.test(name));
    if (file === undefined) throw new Error(`${folder} holds no licence`);
    const { name, version } = JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8")) as {
      name: string;
      version: string;
    };
    return `${name} ${version}\n\n${readFileSync(join(ROOT, folder, file), "utf8").trim()}\n`;
  });
  return texts.join(`\n${"-".repeat(80)}\n\n`);
}

const { outputFiles, metafile } = await build({
  absWorkingDir: ROOT,
  entryPoints: [join(FOLDER, "main.js")],
  outdir: FOLDER,
  chunkNames: `${PART}[name]-[hash]`,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  external: APART,
  legalComments: "none",
  // What was written for CommonJS asks for Node's own modules by `require`.
  banner: {
    js: 'import { createRequire as createRequireOfPart } from "node:module"; const require = createRequireOfPart(import.meta.url);',
  },
  plugins: [keepUrls],
  metafile: true,
  write: false,
  logLevel: "warning",
});
for (const name of readdirSync(FOLDER)) if (name.startsWith(PART)) rmSync(join(FOLDER, name));
for (const { path, text } of outputFiles) writeFileSync(path, text);
writeFileSync(join(FOLDER, "LICENSES.txt"), licencesOf(packagesOf(Object.keys(metafile.inputs))));
