// @ts-check
// What the tests of the site share: its files, and a browser without a network.
import { readFileSync, readdirSync } from "node:fs";
import { extname, join } from "node:path";
import { after, before } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { launch, newPage } from "../support/console.mjs";
import { serve } from "../support/servers.mjs";

export const SITE = fileURLToPath(new URL("../../../target/site/", import.meta.url));

/** Every file of the site, by its address. */
export const files = readdirSync(SITE, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(SITE.length));

/** The pages of the papers. */
export const papers = files.filter(
  (name) => name.endsWith(".html") && !/^(api|playground)\//.test(name),
);

export const fileOf = (/** @type {string} */ address) => pathToFileURL(join(SITE, address)).href;

/** A browser that has no network: what is asked for that is no file of the site is kept. */
export function offline() {
  /** @type {import("playwright-core").Browser} */
  let browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser?.close());
  return {
    /** @param {import("playwright-core").BrowserContextOptions} [options] */
    async page(options) {
      const { page, context, complaints } = await newPage(browser, options);
      await context.setOffline(true);
      /** @type {string[]} */
      const asked = [];
      page.on("request", (request) => {
        if (!request.url().startsWith(pathToFileURL(SITE).href)) asked.push(request.url());
      });
      return { page, context, complaints, asked };
    },
  };
}

/** @type {Record<string, string>} */
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css" };

/** Serves the site below a path, as a host of pages does. */
export async function serveBelow(/** @type {string} */ path) {
  const server = await serve(({ url = "/" }, response) => {
    const { pathname } = new URL(url, "http://localhost");
    const name = pathname.startsWith(path) ? pathname.slice(path.length) : "";
    if (!files.includes(name)) return response.writeHead(404).end();
    const type = TYPES[extname(name)] ?? "application/octet-stream";
    return response.writeHead(200, { "Content-Type": type }).end(readFileSync(join(SITE, name)));
  });
  return { ...server, url: server.url + path };
}
