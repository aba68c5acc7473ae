// @ts-check
// Bundles pkg-template/lib/<flavour>.mjs with its wasm-bindgen glue (imported as "#glue") into one
// ES module and one CommonJS module. Started by `cargo xtask build` with the jobs, the version and the names of the operations.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { build } from "esbuild";
import { shorten } from "./names.mjs";

/**
 * @typedef {object} Job
 * @property {string} flavour Its name.
 * @property {string} entry The module to bundle.
 * @property {string} [glue] What wasm-bindgen wrote.
 * @property {string} [names] What wasm-opt told of the names it shortened.
 * @property {string} out The output, without its extension.
 */

/** @type {Job[]} */
const jobs = JSON.parse(process.argv[2] ?? "[]");

/** The names of the operations: a client has a method of each. */
const operations = process.argv[4] ?? "[]";

for (const { flavour, entry, glue, names, out } of jobs) {
  const written = glue && readFileSync(glue, "utf8");
  const contents =
    written && names ? shorten(written, JSON.parse(readFileSync(names, "utf8"))) : written;
  for (const [format, extension] of /** @type {const} */ ([
    ["esm", ".mjs"],
    ["cjs", ".cjs"],
  ])) {
    await build({
      entryPoints: [entry],
      outfile: out + extension,
      bundle: true,
      // The server uses the client as anyone would: each runtime finds its own.
      external: ["huaweicloud-dcs"],
      format,
      minify: true,
      // Neutral: an import of a Node built-in is an error, for this code runs everywhere.
      platform: "neutral",
      target: "es2022",
      charset: "utf8",
      legalComments: "none",
      // An uncaught error prints its line: a bundle of one line would flood the terminal.
      lineLimit: 200,
      // In place of global names that tests replace or hide.
      inject: ["pkg-template/lib/platform.mjs"],
      define: {
        __FLAVOUR__: JSON.stringify(flavour),
        __VERSION__: JSON.stringify(process.argv[3]),
        __OPERATIONS__: operations,
      },
      logLevel: "warning",
      // wasm-bindgen names a module once for each function that it hands over as it is.
      logOverride: { "duplicate-object-key": "silent" },
      plugins: [
        {
          name: "glue",
          setup(/** @type {import("esbuild").PluginBuild} */ { onResolve, onLoad }) {
            onResolve({ filter: /^#glue$/ }, () => ({ path: "glue", namespace: "glue" }));
            onLoad({ filter: /^/, namespace: "glue" }, () => ({ contents }));
            // wasm-bindgen copies these; the package must hold each once, or `instanceof` fails.
            onResolve({ filter: /\/src\/js\/.*\.js$/ }, ({ path }) => ({
              path: resolve("src/js", path.split("/src/js/")[1] ?? ""),
            }));
          },
        },
      ],
    });
  }
}
