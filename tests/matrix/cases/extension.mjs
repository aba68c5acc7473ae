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
 * @typedef {object} Place
 * @property {any} context Of Playwright.
 * @property {string} id Of the extension.
 * @property {string} folder
 * @property {import("../app/probe.js").Config} config
 */

/**
 * Starts Chromium with the extension, and uses it.
 * @param {(place: Place) => Promise<any>} use What it gives is a result of app/run.js.
 * @returns {(shop: Workshop) => Promise<void>}
 */
const inExtension = (use) => async (shop) => {
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
    const config = await newConfig();
    const result = await use({ context, id: new URL(worker.url()).host, folder, config });
    await verify(config, result);
    if (result.fetchesAtImport !== 0)
      throw new Error(`importing fetched ${result.fetchesAtImport}`);
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
};

/** Opens a page that is told something behind its `#`. @param {Place} place @param {string} url @param {object} told */
async function open({ context }, url, told) {
  const page = await context.newPage();
  await page.goto(`${url}#${encodeURIComponent(JSON.stringify(told))}`);
  return page;
}

/** The popup, as a page of its own. @param {Place} place @param {object} told */
const popup = (place, told) => open(place, `chrome-extension://${place.id}/popup.html`, told);

/** In the content script of a page with this policy. @param {string} csp */
const contentScript = (csp) =>
  inExtension(async (place) => {
    // Any page will do.
    const server = await serveFolder(place.folder, { csp });
    try {
      const page = await open(place, `${server.url}/popup.html`, place.config);
      const result = page.locator("html[data-result]");
      await result.waitFor({ state: "attached" });
      return JSON.parse(await result.getAttribute("data-result"));
    } finally {
      await server.stop();
    }
  });

/** @type {Case} */
const extension = {
  name: "A Chromium extension (Manifest V3)",
  how: "`browser.mjs` is imported by its path; `'wasm-unsafe-eval'` stands in the manifest",
  checks: {
    popup: inExtension(async (place) => {
      const page = await popup(place, { page: place.config });
      const results = await page.waitForFunction(() => Reflect.get(globalThis, "results"));
      return (await results.jsonValue()).page;
    }),
    worker: inExtension(async (place) => {
      const page = await popup(place, {});
      return page.evaluate(
        (/** @type {unknown} */ told) =>
          Reflect.get(globalThis, "chrome").runtime.sendMessage(told),
        place.config,
      );
    }),
    "content script": (shop) => contentScript(policy())(shop),
    "content script of a page whose policy has no 'wasm-unsafe-eval': refused": async (shop) => {
      const refused = await contentScript(policy("'self'"))(shop).catch((error) => error);
      if (!/cannot be compiled.*wasm-unsafe-eval/.test(refused?.message))
        throw new Error(`it should be refused and say so: ${refused?.message}`);
    },
  },
};

export const CASES = [extension];
