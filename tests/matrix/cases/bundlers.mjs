// @ts-check
// Bundlers for browsers: what they make is loaded in Chromium, under a strict Content-Security-Policy.
import { createHash } from "node:crypto";
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { useInPage } from "../lib/browser.mjs";
import { run, whileServed } from "../lib/process.mjs";
import { policy, serveFolder } from "../lib/serve.mjs";

/** @typedef {import("../run.mjs").Case} Case */
/** @typedef {import("../lib/workshop.mjs").Workshop} Workshop */

/** The places where a page uses the package. */
const PLACES = { page: "page", worker: "worker", "service worker": "serviceWorker" };

/**
 * Checks of a page, one a place.
 * @param {(shop: Workshop, places: string[]) => Promise<void>} use
 * @returns {Case["checks"]}
 */
const places = (use) =>
  Object.fromEntries(
    Object.entries(PLACES).map(([name, place]) => [name, (shop) => use(shop, [place])]),
  );

/**
 * @typedef {object} Bundler One whose output is a folder.
 * @property {string} name
 * @property {string} how
 * @property {string} [tool] Its package, where that has another name.
 * @property {string[]} [from]
 * @property {boolean} [commonjs] Whether it takes CommonJS by itself.
 * @property {(shop: Workshop, cwd: string) => Promise<unknown>} build
 */

/**
 * Builds, serves what was built, and uses it.
 * @param {Bundler} bundler @param {string} project @param {string[]} from
 * @returns {(shop: Workshop, places: string[]) => Promise<void>}
 */
const built =
  ({ build }, project, from) =>
  async (shop, wanted) => {
    const folder = await shop.project(project, {
      from: ["app", ...from],
      build: Object.assign((/** @type {string} */ cwd) => build(shop, cwd), {
        toString: () => build.toString(),
      }),
    });
    const dist = join(folder, "dist");
    const hashes = inlineScripts(readFileSync(join(dist, "index.html"), "utf8"));
    const csp = policy(["'self'", "'wasm-unsafe-eval'", ...hashes].join(" "));
    const server = await serveFolder(dist, { csp });
    try {
      await useInPage(shop, `${server.url}/`, wanted);
      if (!server.paths.some((path) => path.endsWith(".wasm"))) {
        throw new Error(`no module was fetched, only ${server.paths.join(", ")}`);
      }
    } finally {
      await server.stop();
    }
  };

/** @type {(bundler: Bundler) => Case} */
const bundler = (bundler) => {
  const { name, how, from = [], commonjs = false } = bundler;
  const project = name.toLowerCase();
  const required = built(bundler, `${project}-require`, [...from, "required"]);
  return {
    name,
    tool: bundler.tool ?? project,
    how,
    checks: {
      ...places(built(bundler, project, from)),
      ...(commonjs && { "page, by `require`": (shop) => required(shop, ["page"]) }),
    },
  };
};

/**
 * What a policy must list where a bundler writes scripts into the page, as Parcel does with its import map.
 * @param {string} html
 */
const inlineScripts = (html) =>
  [...html.matchAll(/<script(?![^>]*src=)[^>]*>([^<]+)<\/script>/g)].map(
    ([, text = ""]) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`,
  );

/** @param {string} cwd */
const copyPage = (cwd) => cpSync(join(cwd, "index.html"), join(cwd, "dist/index.html"));

/** @param {string} cwd */
function copyModules(cwd) {
  for (const name of ["client", "signer"]) {
    const file = `lib/${name}.wasm`;
    cpSync(join(cwd, "node_modules/huaweicloud-dcs", file), join(cwd, "dist", file));
  }
}

const EMITTED = "the bundler emits the file that `new URL` names";
const COPIED = "`lib/*.wasm` is copied to `lib/` beside the output";

/** @type {Case} */
const viteDev = {
  name: "Vite's development server",
  tool: "vite",
  how: "the server gives the file that `new URL` names",
  checks: places(async (shop, wanted) => {
    const cwd = await shop.project("vite-dev", { from: ["app", "projects/vite"] });
    const args = ["--host=127.0.0.1", "--port=0"];
    const ready = /Local:\s+(http:\S+)/;
    await whileServed(shop.tool("vite"), args, { cwd, ready }, (url) =>
      useInPage(shop, url, wanted),
    );
  }),
};

export const CASES = [
  viteDev,
  bundler({
    name: "Vite",
    commonjs: true,
    how: EMITTED,
    from: ["projects/vite"],
    build: (shop, cwd) => run(shop.tool("vite"), ["build"], { cwd }),
  }),
  bundler({
    name: "webpack",
    commonjs: true,
    how: EMITTED,
    from: ["projects/webpack"],
    build: async (shop, cwd) => {
      await run(shop.tool("webpack"), [], { cwd });
      copyPage(cwd);
    },
  }),
  bundler({
    name: "Rspack",
    tool: "@rspack/core",
    commonjs: true,
    how: EMITTED,
    from: ["projects/rspack"],
    build: async (shop, cwd) => {
      await run(shop.tool("rspack"), ["build"], { cwd });
      copyPage(cwd);
    },
  }),
  bundler({
    name: "Rollup",
    how: COPIED,
    from: ["projects/rollup"],
    build: async (shop, cwd) => {
      await run(shop.tool("rollup"), ["--config"], { cwd });
      copyPage(cwd);
      copyModules(cwd);
    },
  }),
  bundler({
    name: "esbuild",
    commonjs: true,
    how: COPIED,
    build: async (shop, cwd) => {
      const entries = ["page.js", "worker.js", "sw.js"];
      const flags = ["--bundle", "--splitting", "--minify", "--format=esm", "--outdir=dist"];
      await run(shop.tool("esbuild"), [...entries, ...flags], { cwd });
      copyPage(cwd);
      copyModules(cwd);
    },
  }),
  bundler({
    name: "Parcel",
    commonjs: true,
    how: `${EMITTED}; the policy needs the hash of Parcel's import map`,
    build: (shop, cwd) =>
      run(shop.tool("parcel"), ["build", "index.html", "sw.js", "--no-source-maps"], { cwd }),
  }),
];
