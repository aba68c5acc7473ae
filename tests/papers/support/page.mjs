// @ts-check
// A site of the reader's own, and Chromium that opens it. Calls to the real service's hosts end at the emulator, with
// the Host they were signed for.

import { readFile, stat } from "node:fs/promises";
import { createServer, request as httpRequest } from "node:http";
import { extname, join, normalize } from "node:path";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { FLAGS, PROGRAM } from "../../chromium.mjs";
import { Emulator } from "../../support/emulator.mjs";
import { PROJECT } from "./world.mjs";

const SERVICE = "dcs.cn-north-4.myhuaweicloud.com";
const TYPES = /** @type {Record<string, string>} */ ({
  ".html": "text/html",
  ".mjs": "text/javascript",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
});

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {import("node:http").IncomingHttpHeaders} headers
 * @property {Buffer} body
 */

/**
 * Sends a request to an address of this machine, under the Host of another.
 * @param {{ method: string, url: string, host?: string, headers: Record<string, any>, body?: Buffer | null }} sent
 * @returns {Promise<Answer>}
 */
function forward({ method, url, host, headers, body }) {
  return new Promise((resolve, reject) => {
    const kept = { ...headers, host: host ?? new URL(url).host };
    const outgoing = httpRequest(url, { method, headers: kept }, async (incoming) => {
      const chunks = [];
      for await (const chunk of incoming) chunks.push(chunk);
      resolve({
        status: incoming.statusCode ?? 0,
        headers: incoming.headers,
        body: Buffer.concat(chunks),
      });
    });
    outgoing.on("error", reject);
    outgoing.end(body ?? undefined);
  });
}

/**
 * The package's own back end, whose users may do all: examples/ and tests/server have what a real one does.
 * @param {string} emulator Its URL.
 */
async function ownBackEnd(emulator) {
  const { createDcsHandler, toNodeListener } = await import("huaweicloud-dcs/server");
  const config = await new Emulator(emulator).config();
  const handler = createDcsHandler({
    basePath: "/dcs",
    regions: [config.region],
    endpoint: emulator,
    projectId: config.project_id,
    credentials: { ak: config.access_key, sk: config.secret_key },
    authorize: () => ({ user: "reader" }),
    // Each sample swaps the one instance anew.
    swapPauseMs: 0,
  });
  return toNodeListener(handler);
}

/** The site: what is in the project's public/, the package beside it, and two addresses of a back end. */
export class Site {
  /** Where a back end of the samples listens. */
  backEnd = "";
  /** @type {Promise<import("node:http").RequestListener> | undefined} */
  #ownBackEnd;

  /** @param {string} emulator */
  constructor(emulator) {
    this.emulator = emulator;
    this.server = createServer((request, response) => {
      this.#serve(request, response).catch((error) => response.writeHead(500).end(String(error)));
    });
  }

  /** @returns {Promise<string>} Its URL. */
  open() {
    return new Promise((resolve) => {
      this.server.listen(0, "127.0.0.1", () => {
        const { port } = /** @type {import("node:net").AddressInfo} */ (this.server.address());
        resolve(`http://127.0.0.1:${port}`);
      });
    });
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }

  /**
   * @param {import("node:http").IncomingMessage} request
   * @param {import("node:http").ServerResponse} response
   */
  async #serve(request, response) {
    const { method = "GET", url = "/", headers } = request;
    if (url.startsWith("/dcs/")) {
      this.#ownBackEnd ??= ownBackEnd(this.emulator);
      return (await this.#ownBackEnd)(request, response);
    }
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    if (url.startsWith("/dcs-proxy/")) {
      const to = this.emulator + url.slice("/dcs-proxy".length);
      const answer = await forward({ method, url: to, host: SERVICE, headers, body });
      response.writeHead(answer.status, answer.headers).end(answer.body);
    } else if (url === "/sign") {
      const answer = await forward({ method, url: this.backEnd, headers, body });
      response.writeHead(answer.status, answer.headers).end(answer.body);
    } else {
      const file = await this.#find(normalize(new URL(url, "http://x").pathname));
      if (!file) return void response.writeHead(404).end();
      // A page is another sample, and so another instance that the back end knows no swap of.
      if (file.endsWith(".html")) this.#ownBackEnd = undefined;
      const type = TYPES[extname(file)] ?? "application/octet-stream";
      response.writeHead(200, { "content-type": type }).end(await readFile(file));
    }
  }

  /** @param {string} path */
  async #find(path) {
    const name = path.endsWith("/") ? `${path}index.html` : path;
    const pkg = join(PROJECT, "node_modules/huaweicloud-dcs");
    for (const file of [join(PROJECT, "public", name), join(PROJECT, name), join(pkg, name)]) {
      const found = await stat(file).catch(() => undefined);
      if (found?.isFile()) return file;
    }
    return undefined;
  }
}

/**
 * What a bundler makes of a sample, beside the wasm file that it names.
 * @param {string} entry
 * @param {string} outfile
 */
export async function bundle(entry, outfile) {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    logLevel: "silent",
  });
}

/** Chromium, with the real service's hosts led to the emulator. */
export class Browser {
  /** @param {string} emulator */
  constructor(emulator) {
    this.emulator = emulator;
  }

  async open() {
    this.chromium = await chromium.launch({
      executablePath: PROGRAM,
      args: FLAGS,
    });
    return this;
  }

  async close() {
    await this.chromium?.close();
  }

  /**
   * Opens a page, presses its buttons, and returns what its <output> says once it says `shows`.
   * @param {string} url
   * @param {string | undefined} shows
   */
  async visit(url, shows) {
    if (!this.chromium) throw new Error("the browser is not open");
    const context = await this.chromium.newContext();
    try {
      const page = await context.newPage();
      /** @type {string[]} */
      const trouble = [];
      page.on("pageerror", (error) => trouble.push(String(error)));
      page.on("console", (message) => {
        if (message.type() === "error") trouble.push(message.text());
      });
      await page.route(/^https:\/\/[^/]*\.myhuaweicloud\.com\//, (route) => this.#lead(route));
      await page.goto(url, { waitUntil: "load" });
      for (const button of await page.locator("button").all()) await button.click();
      const output = page.locator("output");
      const expected = shows ?? "";
      await page
        .waitForFunction(
          (text) => (document.querySelector("output")?.textContent ?? "").includes(text),
          expected,
          { timeout: 20_000 },
        )
        .catch(async () => {
          trouble.push(`<output> says "${await output.textContent()}", not "${expected}"`);
        });
      if (trouble.length > 0) throw new Error(trouble.join("\n"));
      return await output.textContent();
    } finally {
      await context.close();
    }
  }

  /** @param {import("playwright-core").Route} route */
  async #lead(route) {
    const request = route.request();
    const { host, pathname, search } = new URL(request.url());
    const { status, headers, body } = await forward({
      method: request.method(),
      url: this.emulator + pathname + search,
      host,
      headers: await request.allHeaders(),
      body: request.postDataBuffer(),
    });
    const plain = Object.entries(headers).map(([name, value]) => [name, String(value)]);
    await route.fulfill({ status, headers: Object.fromEntries(plain), body });
  }
}
