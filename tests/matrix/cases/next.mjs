// @ts-check
// Next.js: server and client components, route handlers in Node and in the edge runtime.
import { useInPage } from "../lib/browser.mjs";
import { useRoute } from "../lib/emulator.mjs";
import { run, whileServed } from "../lib/process.mjs";

/** @typedef {import("../run.mjs").Case} Case */
/** @typedef {import("../lib/workshop.mjs").Workshop} Workshop */

/**
 * Builds with a bundler, starts the server, and uses it.
 * @param {string} bundler @param {string[]} from
 * @param {(url: string, shop: Workshop) => Promise<unknown>} use
 * @returns {(shop: Workshop) => Promise<void>}
 */
const served = (bundler, from, use) => async (shop) => {
  const build = (/** @type {string} */ cwd) =>
    run(shop.tool("next"), ["build", `--${bundler}`], { cwd, timeoutMs: 400_000 });
  // Without a tsconfig.json: Next.js would install what it takes for TypeScript's.
  const cwd = await shop.project(`next-${bundler}`, { from, tsconfig: false, build });
  const args = ["start", "--port=0", "--hostname=127.0.0.1"];
  const ready = /Local:\s+(http:\S+)[\s\S]*Ready/;
  await whileServed(shop.tool("next"), args, { cwd, ready }, (url) => use(url, shop));
};

/** @param {string} path */
const route = (path) => (/** @type {string} */ url) => useRoute(url + path);

/** @param {string} url @param {Workshop} shop */
async function components(url, shop) {
  await useInPage(shop, `${url}/`, ["page", "server"], "configs");
}

const HOW = "the module is inside the JavaScript on the server; the browser fetches the file";

const FILES = ["app", "projects/next"];
const WITH_EDGE = [...FILES, "projects/next-edge"];

/** @type {Case} */
const turbopack = {
  name: "Next.js, by Turbopack",
  tool: "next",
  how: `${HOW}; the edge runtime imports it`,
  checks: {
    "server and client component": served("turbopack", WITH_EDGE, components),
    "route handler": served("turbopack", WITH_EDGE, route("/route")),
    "edge route handler": served("turbopack", WITH_EDGE, route("/edge")),
  },
};

/** Without an edge route: Next.js 16.4 fails to build one with webpack, with or without this package. */
/** @type {Case} */
const webpack = {
  name: "Next.js, by webpack",
  tool: "next",
  how: HOW,
  checks: {
    "server and client component": served("webpack", FILES, components),
    "route handler": served("webpack", FILES, route("/route")),
  },
};

export const CASES = [turbopack, webpack];
