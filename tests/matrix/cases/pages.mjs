// @ts-check
// Pages without a bundler, and what servers may do to them: other content types, stricter policies.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { useInPage, visit } from "../lib/browser.mjs";
import { newConfig } from "../lib/emulator.mjs";
import { policy, serveFolder } from "../lib/serve.mjs";
import { ROOT } from "../lib/workshop.mjs";

/** @typedef {import("../run.mjs").Case} Case */
/** @typedef {import("../lib/workshop.mjs").Workshop} Workshop */

/** run.js, whose imports name the package: by path, as a page without a bundler has to. */
export const RUN_BY_PATH = readFileSync(join(ROOT, "tests/matrix/app/run.js"), "utf8")
  .replace('"huaweicloud-dcs"', '"./node_modules/huaweicloud-dcs/browser.mjs"')
  .replace('"huaweicloud-dcs/signer"', '"./node_modules/huaweicloud-dcs/signer.mjs"');

/**
 * Serves the page and uses it.
 * @param {Workshop} shop
 * @param {Parameters<typeof serveFolder>[1]} how
 * @param {(server: Awaited<ReturnType<typeof serveFolder>>) => Promise<void>} use
 */
async function withPage(shop, how, use) {
  const from = ["app", "plain"];
  const folder = await shop.project("page", { from, files: { "run.js": RUN_BY_PATH } });
  const server = await serveFolder(folder, how);
  try {
    await use(server);
  } finally {
    await server.stop();
  }
}

/** @type {(place: string, how?: Parameters<typeof serveFolder>[1]) => (shop: Workshop) => Promise<void>} */
const place = (place, how) => (shop) =>
  withPage(shop, how, ({ url }) => useInPage(shop, `${url}/`, [place]));

/** @type {Case} */
const plain = {
  name: "A page without a bundler",
  how: "`browser.mjs` is imported by its path, and fetches the file beside it",
  checks: {
    page: place("page"),
    worker: place("worker"),
    "service worker": place("serviceWorker"),
    "a server with a wrong content type": place("page", { wasmType: "text/plain" }),
    "without 'wasm-unsafe-eval'": (shop) =>
      withPage(shop, { csp: policy("'self'") }, async ({ url }) => {
        const hash = encodeURIComponent(JSON.stringify({ page: await newConfig() }));
        const { results } = await visit(shop, `${url}/#${hash}`);
        const { error } = results.page;
        if (!/Content Security Policy|wasm-unsafe-eval|unsafe-eval/.test(error)) {
          throw new Error(`it should be refused and say so: ${JSON.stringify(results)}`);
        }
      }),
    "`await init(url)`": (shop) =>
      withPage(shop, {}, async ({ url }) => {
        const results = await useInPage(shop, `${url}/init.html`, ["page"]);
        const { refusal, regions } = results.page;
        if (!refusal.includes("await init()") || !(regions > 0)) {
          throw new Error(`wrong before or after init: ${JSON.stringify(results)}`);
        }
      }),
    "`huaweicloud-dcs/inline`": (shop) =>
      withPage(shop, {}, async (server) => {
        await useInPage(shop, `${server.url}/inline.html`, ["page"]);
        const modules = server.paths.filter((path) => path.endsWith(".wasm"));
        if (modules.length > 0) throw new Error(`${modules.join(", ")} was fetched`);
      }),
  },
};

export const CASES = [plain];
