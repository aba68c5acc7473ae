// @ts-check
// Chromium, and what a page in it may and may not do while it uses the package.
import { FLAGS, PROGRAM } from "../../chromium.mjs";
import { newConfig, origin, verify } from "./emulator.mjs";

/** @typedef {import("./workshop.mjs").Workshop} Workshop */

/** @type {Promise<any> | undefined} */
let running;

/** @param {Workshop} shop */
function browser(shop) {
  const { chromium } = shop.require("playwright-core");
  running ??= chromium.launch({ executablePath: PROGRAM, args: FLAGS });
  return running;
}

/** Ends Chromium, if it was started. */
export async function close() {
  await (await running)?.close();
}

/** How long a page may take. */
const LIMIT_MS = 60_000;

/**
 * Asks again and again: what Playwright has for waiting evaluates strings, which the page's policy refuses.
 * @param {any} page
 */
async function resultsOf(page) {
  const end = performance.now() + LIMIT_MS;
  while (performance.now() < end) {
    const results = await page.evaluate(() => Reflect.get(globalThis, "results"));
    if (results !== undefined) return results;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return undefined;
}

/**
 * Opens a page and gives its `globalThis.results`, with what it printed and what it asked other hosts for.
 * @param {Workshop} shop @param {string} url
 * @returns {Promise<{ results: any, printed: string[], foreign: string[] }>}
 */
export async function visit(shop, url) {
  const context = await (await browser(shop)).newContext();
  /** @type {string[]} */
  const printed = [];
  /** @type {string[]} */
  const foreign = [];
  try {
    const own = [new URL(url).origin, origin()];
    context.on("request", (/** @type {any} */ request) => {
      const { origin, protocol } = new URL(request.url());
      if (/^(http|ws)/.test(protocol) && !own.includes(origin.replace(/^ws/, "http"))) {
        foreign.push(request.url());
      }
    });
    const page = await context.newPage();
    page.on("console", (/** @type {any} */ message) => {
      if (message.type() !== "debug") printed.push(`${message.type()}: ${message.text()}`);
    });
    page.on("pageerror", (/** @type {Error} */ error) => printed.push(String(error)));
    await page.goto(url);
    const results = await resultsOf(page);
    if (results === undefined) {
      throw new Error(`no results after ${LIMIT_MS} ms; printed: ${printed.join("\n")}`);
    }
    return { results, printed, foreign };
  } finally {
    await context.close();
  }
}

/**
 * Uses the package in the page and in its workers; throws unless each of them swapped, signed, fetched no module at
 * its import, asked nobody else and printed nothing.
 * @param {Workshop} shop @param {string} url @param {string[]} places
 * @param {string} [parameter] Of the query that tells what to use the package with; the fragment does unless given.
 */
export async function useInPage(shop, url, places, parameter) {
  /** @type {Record<string, import("../app/probe.js").Config>} */
  const configs = {};
  for (const place of places) configs[place] = await newConfig();
  const told = encodeURIComponent(JSON.stringify(configs));
  const full = parameter ? `${url}?${parameter}=${told}` : `${url}#${told}`;
  const { results, printed, foreign } = await visit(shop, full);
  for (const [place, config] of Object.entries(configs)) {
    await verify(config, results[place]).catch((error) => {
      throw new Error(`${place}: ${error.message}; printed: ${printed.join("\n")}`);
    });
    // What a server renders comes without.
    const { fetchesAtImport = 0, fetches = 3 } = results[place];
    if (fetchesAtImport !== 0) throw new Error(`${place}: importing fetched ${fetchesAtImport}`);
    if (fetches < 3) throw new Error(`${place}: only ${fetches} fetches were counted`);
  }
  if (foreign.length > 0) throw new Error(`others were asked: ${foreign.join(", ")}`);
  if (printed.length > 0) throw new Error(`the page printed: ${printed.join("\n")}`);
  return results;
}
