// @ts-check
// Bundles pkg-template/lib/<flavour>.mjs with its wasm-bindgen glue (imported as "#glue") into one
// ES module and one CommonJS module. Started by `cargo xtask build` with one JSON argument.
import { build } from "esbuild";

/**
 * @typedef {object} Job
 * @property {string} entry The module to bundle.
 * @property {string} glue What wasm-bindgen wrote.
 * @property {string} out The output, without its extension.
 */

/** @type {Job[]} */
const jobs = JSON.parse(process.argv[2] ?? "[]");

for (const { entry, glue, out } of jobs) {
  for (const [format, extension] of /** @type {const} */ ([
    ["esm", ".mjs"],
    ["cjs", ".cjs"],
  ])) {
    await build({
      entryPoints: [entry],
      outfile: out + extension,
      bundle: true,
      format,
      minify: true,
      // Neutral: an import of a Node built-in is an error, for this code runs everywhere.
      platform: "neutral",
      target: "es2022",
      charset: "utf8",
      legalComments: "none",
      logLevel: "warning",
      plugins: [
        {
          name: "glue",
          setup(/** @type {import("esbuild").PluginBuild} */ { onResolve }) {
            onResolve({ filter: /^#glue$/ }, () => ({ path: glue }));
          },
        },
      ],
    });
  }
}
