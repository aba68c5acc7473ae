// @ts-check
// Node, Deno, Bun and workerd, and single files that bundlers make for them.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { newConfig, origin, verify } from "../lib/emulator.mjs";
import { run } from "../lib/process.mjs";
import { bunProgram, nodeProgram } from "../lib/workshop.mjs";

/** @typedef {import("../run.mjs").Case} Case */
/** @typedef {import("../lib/workshop.mjs").Workshop} Workshop */

const FILES = ["process", "app/probe.js"];

/** @param {Workshop} shop */
const project = (shop) => shop.project("processes", { from: FILES });

/**
 * Runs a program that prints its result and nothing else.
 * @param {string} program @param {string[]} args @param {string} cwd
 */
async function use(program, args, cwd) {
  const config = await newConfig();
  const { stdout, stderr } = await run(program, [...args, JSON.stringify(config)], { cwd });
  const [line = "", ...others] = stdout.trimEnd().split("\n");
  if (others.length > 0 || stderr !== "") throw new Error(`more was printed: ${stdout}${stderr}`);
  const result = JSON.parse(line);
  await verify(config, result);
  return result;
}

/**
 * The same, where process/watch.cjs counts what goes to the network.
 * @param {Parameters<typeof use>} given
 */
async function useWatched(...given) {
  const { requestsAtImport, requests } = await use(...given);
  if (requestsAtImport !== 0) throw new Error(`importing made ${requestsAtImport} requests`);
  if (!(requests >= 3))
    throw new Error(`only ${requests} requests were seen: they are not counted`);
}

const WATCH = "./watch.cjs";

/** @type {(version: number) => Case} */
const node = (version) => ({
  name: "Node",
  tool: `node-${version}-linux-x64`,
  how: "the file is read when it is first needed",
  checks: {
    "ES module": async (shop) =>
      useWatched(nodeProgram(version), ["--require", WATCH, "main.mjs"], await project(shop)),
    CommonJS: async (shop) =>
      useWatched(nodeProgram(version), ["--require", WATCH, "main.cjs"], await project(shop)),
  },
});

/**
 * Builds into `alone`, and runs a file of it in that folder.
 * @param {string} name @param {string} tool @param {string[]} args @param {string} file
 * @returns {(shop: Workshop) => Promise<void>}
 */
const builtAlone = (name, tool, args, file) => async (shop) => {
  const build = (/** @type {string} */ cwd) => run(shop.tool(tool), args, { cwd });
  // By its text a project knows whether it is built as it was.
  build.toString = () => [tool, ...args].join(" ");
  const folder = await shop.project(name, { from: FILES, build });
  const watched = ["--require", join(folder, WATCH), file];
  await useWatched(nodeProgram(22), watched, join(folder, "alone"));
};

/** @param {"esm" | "cjs"} format @param {string} extension */
function singleFile(format, extension) {
  const file = `main.${extension}`;
  const flags = ["--bundle", "--platform=node", "--minify"];
  const args = [file, ...flags, `--format=${format}`, `--outfile=alone/${file}`];
  return builtAlone(`node-bundle-${format}`, "esbuild", args, file);
}

/** @type {(name: string) => Case} */
const ownFetch = (name) => ({
  name: `The fetch of ${name}`,
  tool: name,
  how: "as in Node, with the option `fetch`",
  checks: {
    "ES module": async (shop) =>
      useWatched(nodeProgram(22), ["--require", WATCH, "own-fetch.mjs", name], await project(shop)),
  },
});

/** @type {Case} */
const nodeBundle = {
  name: "A single file for Node, by esbuild",
  tool: "esbuild",
  how: "the module is inside the JavaScript",
  checks: { "ES module": singleFile("esm", "mjs"), CommonJS: singleFile("cjs", "cjs") },
};

/** @type {Case} */
const ncc = {
  name: "A folder for Node, by ncc",
  tool: "@vercel/ncc",
  how: "ncc copies the file that `new URL` names beside the bundle",
  checks: {
    "ES module": builtAlone("ncc", "ncc", ["build", "main.mjs", "--out=alone"], "index.mjs"),
  },
};

/** @type {Case} */
const deno = {
  name: "Deno",
  tool: "deno",
  how: "the module is inside the JavaScript: no permission to read files is needed",
  checks: {
    "no permission but the network": async (shop) => {
      const cwd = await project(shop);
      const deno = shop.tool("deno");
      // Without any permission, an import that asks the network, a file or the environment fails.
      const { stdout, stderr } = await run(deno, ["run", "--no-prompt", "import.mjs"], { cwd });
      if (stdout + stderr !== "") throw new Error(`importing printed: ${stdout}${stderr}`);
      const network = `--allow-net=${new URL(origin()).host}`;
      await use(deno, ["run", "--no-prompt", network, "main.mjs"], cwd);
    },
  },
};

/** @type {Case} */
const bun = {
  name: "Bun",
  tool: "bun",
  how: "the file is imported by its path, and read when it is first needed",
  checks: {
    "ES module": async (shop) =>
      useWatched(bunProgram(), ["--preload", WATCH, "main.mjs"], await project(shop)),
    CommonJS: async (shop) =>
      useWatched(bunProgram(), ["--preload", WATCH, "main.cjs"], await project(shop)),
    "one executable": async (shop) => {
      const folder = await shop.project("bun-compile", {
        from: FILES,
        build: (cwd) =>
          run(bunProgram(), ["build", "--compile", "main.mjs", "--outfile=alone/program"], { cwd }),
      });
      await use("./program", [], join(folder, "alone"));
    },
  },
};

/** @type {Case} */
const workerd = {
  name: "Cloudflare's workerd, by wrangler",
  tool: "wrangler",
  how: "the module is imported, compiled already",
  checks: {
    worker: async (shop) => {
      const settings = { name: "matrix", main: "worker.js", compatibility_date: "2026-01-01" };
      const folder = await shop.project("workerd", {
        from: FILES,
        files: { "wrangler.json": JSON.stringify(settings) },
        build: (cwd) =>
          run(shop.tool("wrangler"), ["deploy", "--dry-run", "--outdir=dist"], { cwd }),
      });
      const { Miniflare } = shop.require("miniflare");
      const dist = join(folder, "dist");
      const modules = readdirSync(dist)
        .filter((name) => /\.(js|wasm)$/.test(name))
        .sort((a) => (a.endsWith(".js") ? -1 : 1))
        .map((name) => ({
          type: name.endsWith(".wasm") ? "CompiledWasm" : "ESModule",
          path: join(dist, name),
        }));
      let requests = 0;
      let printed = "";
      const server = new Miniflare({
        modules,
        modulesRoot: dist,
        compatibilityDate: settings.compatibility_date,
        /** @param {import("node:stream").Readable[]} streams */
        handleRuntimeStdio: (...streams) =>
          streams.forEach((stream) => stream.on("data", (text) => (printed += text))),
        /** @param {Request} request */
        outboundService: (request) => {
          requests++;
          return shop.require("miniflare").fetch(request);
        },
      });
      try {
        const imported = await server.dispatchFetch("http://worker/");
        if ((await imported.text()) !== "imported" || requests !== 0 || printed !== "") {
          throw new Error(`importing made ${requests} requests and printed: ${printed}`);
        }
        const config = await newConfig();
        const body = JSON.stringify(config);
        const response = await server.dispatchFetch("http://worker/", { method: "POST", body });
        const text = await response.text();
        if (!response.ok) throw new Error(`the worker answered ${response.status}: ${text}`);
        await verify(config, JSON.parse(text));
        if (requests < 3 || printed !== "") {
          throw new Error(`${requests} requests were seen; printed: ${printed}`);
        }
      } finally {
        await server.dispose();
      }
    },
  },
};

export const CASES = [
  ...[20.16, 20, 22.3, 22, 24].map(node),
  ...["undici", "node-fetch"].map(ownFetch),
  nodeBundle,
  ncc,
  deno,
  bun,
  workerd,
];
