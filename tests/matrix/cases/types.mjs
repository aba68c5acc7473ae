// @ts-check
// The types, in each way in which TypeScript may resolve them; the manifest, by the checkers of others.
import { copyFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "../lib/process.mjs";
import { WORK, packed } from "../lib/workshop.mjs";

/** @typedef {import("../run.mjs").Case} Case */
/** @typedef {import("../lib/workshop.mjs").Workshop} Workshop */

const TYPESCRIPT = { 7: "typescript", 5.4: "typescript-5" };

/** @param {Workshop} shop */
const project = (shop) =>
  shop.project("types", {
    from: ["types"],
    build: async (cwd) => {
      // The same program as CommonJS: what differs is where the types are found.
      copyFileSync(join(cwd, "consumer.mts"), join(cwd, "consumer.cts"));
    },
  });

/**
 * Compiles; library files are checked too, the package's among them.
 * @param {keyof typeof TYPESCRIPT} version @param {string[]} flags @param {string[]} files
 * @returns {(shop: Workshop) => Promise<unknown>}
 */
const tsc = (version, flags, files) => async (shop) => {
  const cwd = await project(shop);
  const program = join(WORK, "node_modules", TYPESCRIPT[version], "bin/tsc");
  const usual = ["--ignoreConfig", "--noEmit", "--strict", "--target", "es2022"];
  if (version !== 7) usual.shift();
  await run("node", [program, ...usual, ...flags, ...files], { cwd });
};

/** Nothing but the package's types and TypeScript's own. */
const DOM = ["--lib", "es2022,dom,dom.iterable", "--typeRoots", "./no-types"];
const NODE = ["--lib", "es2022", "--types", "node"];
const ALL = ["consumer.mts", "consumer.cts", "esm-only.mts"];

/** @type {Case} */
const types = {
  name: "TypeScript",
  how: "types of ES modules and of CommonJS, each beside its entry",
  checks: {
    "7, nodenext": tsc(7, ["--module", "nodenext", ...DOM], ALL),
    "7, node16": tsc(7, ["--module", "node16", ...DOM], ALL),
    "7, bundler": tsc(7, ["--module", "esnext", "--moduleResolution", "bundler", ...DOM], ALL),
    "7, without the types of the DOM": tsc(7, ["--module", "nodenext", ...NODE], ALL),
    "5.4, node16": tsc(5.4, ["--module", "node16", ...DOM], ALL),
    "5.4, bundler": tsc(5.4, ["--module", "esnext", "--moduleResolution", "bundler", ...DOM], ALL),
    "5.4, node10": tsc(5.4, ["--module", "commonjs", "--moduleResolution", "node10", ...DOM], ALL),
  },
};

/** No types: what a module is depends on the bundler. */
const MODULES = ["client.wasm", "page.wasm", "signer.wasm", "asymmetric.wasm", "emulator.wasm"];

/** @type {Case} */
const checkers = {
  name: "The manifest",
  how: "conditions in the right order, types that match",
  checks: {
    publint: (shop) => run(shop.tool("publint"), ["run", "--strict", shop.tarball], { cwd: WORK }),
    "are the types wrong?": (shop) =>
      run(
        shop.tool("attw"),
        [shop.tarball, "--exclude-entrypoints", "init", "inline", "package.json", ...MODULES],
        { cwd: WORK },
      ),
    "are the types wrong? (ES modules only)": (shop) =>
      run(
        shop.tool("attw"),
        [shop.tarball, "--profile", "esm-only", "--entrypoints", "init", "inline"],
        { cwd: WORK },
      ),
    "what is packed": async (shop) => checkFiles(shop.files),
  },
};

/** Of no import, and yet used. */
const BESIDE = [
  "LICENSE-js-yaml",
  "cli/LICENSES.txt",
  "LICENSE-APACHE",
  "LICENSE-MIT",
  "README.md",
  "package.json",
  "sbom.cdx.json",
];

/** A path of the package as its files write it: imported, required, a URL, or read from beside. */
const PATH = /["']((?:\.\.?\/|lib\/)[\w./-]+\.(?:mjs|cjs|js|wasm))(?:\?module)?["']/g;

/**
 * Throws unless the package holds what its manifest leads to, and nothing else.
 * @param {string[]} files
 */
function checkFiles(files) {
  const { exports, main, module, types, bin } = JSON.parse(packed("package.json"));
  /** @type {Set<string>} */
  const used = new Set();
  const visit = (/** @type {string} */ file) => {
    if (used.has(file)) return;
    used.add(file);
    // Bundles import nothing.
    if (file.startsWith("lib/") || file === "package.json") return;
    for (const [, path = ""] of packed(file).matchAll(PATH)) {
      const found = join(path.startsWith(".") ? dirname(file) : "", path);
      // Types name the JavaScript whose types they are, in modules too: no file of the package ends in .js.
      const types = /\.d\.c?ts$/.test(file) || found.endsWith(".js");
      visit(types ? found.replace(/\.(c?)js$/, ".d.$1ts") : found);
    }
  };
  const follow = (/** @type {unknown} */ value) => {
    if (typeof value === "string") visit(value.replace("./", ""));
    else if (value) Object.values(value).forEach(follow);
  };
  follow([exports, main, module, types, bin]);
  const unused = files.filter(
    (file) => !used.has(file) && !BESIDE.includes(file) && !file.startsWith("console/"),
  );
  const absent = [...used].filter((file) => !files.includes(file));
  if (unused.length > 0) throw new Error(`packed and not used: ${unused.join(", ")}`);
  if (absent.length > 0) throw new Error(`used and not packed: ${absent.join(", ")}`);
}

export const CASES = [types, checkers];
