// @ts-check
// Bundles the command (pkg-template/cli.mjs) with the npm packages it is made of, so that the package has no dependency
// at run time. Started by `cargo xtask build` with the folder of the output. The client is not in the bundle: the command
// uses the package's own.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const [, , out = "target/pkg-work/command"] = process.argv;

rmSync(out, { recursive: true, force: true });
mkdirSync(join(out, "cli"), { recursive: true });
const { metafile } = await build({
  entryPoints: ["pkg-template/cli.mjs"],
  outdir: out,
  outExtension: { ".js": ".mjs" },
  // What is loaded only when it is asked for stands in files of its own.
  splitting: true,
  chunkNames: "cli/[name]-[hash]",
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  minify: true,
  charset: "utf8",
  legalComments: "none",
  // An uncaught error prints its line: a bundle of one line would flood the terminal.
  lineLimit: 200,
  external: ["huaweicloud-dcs", "huaweicloud-dcs/*"],
  alias: {
    debug: "./xtask/js/unused.mjs",
    "proxy-agent-negotiate": "./xtask/js/unused.mjs",
  },
  // commander is CommonJS.
  banner: {
    js: 'import{createRequire as __require__}from"node:module";const require=__require__(import.meta.url);',
  },
  metafile: true,
  logLevel: "warning",
});

/** The packages in the bundle, by the folders that its inputs are in. */
const folders = new Set(
  Object.keys(metafile.inputs).flatMap((input) => {
    const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
    return found?.[1] ?? [];
  }),
);
const packages = [...folders].sort().map((folder) => {
  const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  const file = readdirSync(folder).find((own) => /^licen[cs]e/i.test(own));
  if (!file) throw new Error(`${name} has no text of its licence in ${folder}`);
  return { name, version, license, folder, text: readFileSync(join(folder, file), "utf8").trim() };
});
const allowed = ["MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC"];
for (const { name, license } of packages) {
  if (!allowed.includes(license)) throw new Error(`${name} is under ${license}`);
}

// Their licences ask that they be told.
writeFileSync(
  join(out, "cli", "LICENSES.txt"),
  [
    "The command is bundled with these packages.\n",
    ...packages.map(
      ({ name, version, license, text }) => `${name} ${version} (${license})\n\n${text}\n`,
    ),
  ].join(`\n${"-".repeat(80)}\n\n`),
);
// For the bill of materials.
writeFileSync(
  join(out, "packages.json"),
  JSON.stringify(
    packages.map(({ name, version, license, folder }) => ({ name, version, license, folder })),
  ),
);
if (!existsSync(join(out, "cli.mjs"))) throw new Error("the bundle has no cli.mjs");
