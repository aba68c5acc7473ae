// @ts-check
// A Chromium extension (Manifest V3): its popup, its worker and its content script.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FLAGS, PROGRAM } from "../../chromium.mjs";
import { newConfig, verify } from "../lib/emulator.mjs";
import { policy, serveFolder } from "../lib/serve.mjs";
import { RUN_BY_PATH } from "./pages.mjs";

/** @typedef {import("../run.mjs").Case} Case */
/** @typedef {import("../lib/workshop.mjs").Workshop} Workshop */

/**
 * Starts Chromium with the extension, and uses it.
 * @param {Workshop} shop
 * @param {(context: any, extension: string, folder: string) => Promise<any>} use What it gives is a result of app/run.js.
 * @param {import("../app/probe.js").Config} config
 */
async function withExtension(shop, use, config) {
  const from = ["app", "extension"];
  const folder = await shop.project("extension", { from, files: { "run.js": RUN_BY_PATH } });
  const profile = mkdtempSync(join(tmpdir(), "matrix-extension-"));
  const { chromium } = shop.require("playwright-core");
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: PROGRAM,
    args: [...FLAGS, `--disable-extensions-except=${folder}`, `--load-extension=${folder}`],
    ignoreDefaultArgs: ["--disable-extensions"],
  });
  try {
    const [worker = await context.waitForEvent("serviceworker")] = context.serviceWorkers();
    const result = await use(context, new URL(worker.url()).host, folder);
    await verify(config, result);
    if (result.fetchesAtImport !== 0)
      throw new Error(`importing fetched ${result.fetchesAtImport}`);
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

/** Opens the popup as a page of its own, told what to use. @param {any} context @param {string} extension @param {object} configs */
async function popup(context, extension, configs) {
  const page = await context.newPage();
  const told = encodeURIComponent(JSON.stringify(configs));
  await page.goto(`chrome-extension://${extension}/popup.html#${told}`);
  return page;
}

/**
 * In the content script of a page with this policy.
 * @param {import("../app/probe.js").Config} config @param {string} csp
 * @returns {Parameters<typeof withExtension>[1]}
 */
const inContentScript = (config, csp) => async (context, _, folder) => {
  // Any page will do.
  const server = await serveFolder(folder, { csp });
  try {
    const page = await context.newPage();
    await page.goto(`${server.url}/popup.html#${encodeURIComponent(JSON.stringify(config))}`);
    const result = page.locator("html[data-result]");
    await result.waitFor({ state: "attached" });
    return JSON.parse(await result.getAttribute("data-result"));
  } finally {
    await server.stop();
  }
};

/** @type {Case} */
const extension = {
  name: "A Chromium extension (Manifest V3)",
  how: "`browser.mjs` is imported by its path; `'wasm-unsafe-eval'` stands in the manifest",
  checks: {
    popup: async (shop) => {
      const config = await newConfig();
      const use = async (/** @type {any} */ context, /** @type {string} */ id) => {
        const page = await popup(context, id, { page: config });
        const results = await page.waitForFunction(() => Reflect.get(globalThis, "results"));
        return (await results.jsonValue()).page;
      };
      await withExtension(shop, use, config);
    },
    worker: async (shop) => {
      const config = await newConfig();
      const use = async (/** @type {any} */ context, /** @type {string} */ id) => {
        const page = await popup(context, id, {});
        return page.evaluate(
          (/** @type {unknown} */ told) =>
            Reflect.get(globalThis, "chrome").runtime.sendMessage(told),
          config,
        );
      };
      await withExtension(shop, use, config);
    },
    "content script": async (shop) => {
      const config = await newConfig();
      await withExtension(shop, inContentScript(config, policy()), config);
    },
    "content script of a page whose policy has no 'wasm-unsafe-eval': refused": async (shop) => {
      const config = await newConfig();
      const use = inContentScript(config, policy("'self'"));
      const refused = await withExtension(shop, use, config).catch((error) => error);
      if (!/cannot be compiled.*wasm-unsafe-eval/.test(refused?.message))
        throw new Error(`it should be refused and say so: ${refused?.message}`);
    },
  },
};

export const CASES = [extension];
