// @ts-check
// Sends a swap from a runtime to servers that end the connection in each way, and counts what reaches them.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { FLAGS, PROGRAM } from "../chromium.mjs";
import { WORK } from "../matrix/lib/workshop.mjs";
import { PACKAGE, entryFor, entryPath } from "./entry.mjs";
import { ENDS, ENDS_2, makeCertificate, startHttp1, startHttp2 } from "./server.mjs";
import { Service } from "./service.mjs";
import { runtimes } from "./runtimes.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const LIMIT_MS = 120_000;

/** @typedef {"HTTP/1.1" | "HTTP/2"} Protocol */
/** @typedef {{ end: string, swaps: number, told: any }} Row */

/** @type {Record<string, string>} */
const TYPES = { html: "text/html", mjs: "text/javascript", wasm: "application/wasm" };

/** The page, the module that sends, and the package. @type {import("./server.mjs").Files} */
const files = (method, path) => {
  if (method !== "GET") return undefined;
  if (path === "/") return { status: 200, body: "<!doctype html>", type: "text/html" };
  const [, folder = "", name = ""] = /^\/(files|pkg)\/(.*)$/.exec(normalize(path)) ?? [];
  if (folder === "") return undefined;
  const body = readFileSync(join(folder === "pkg" ? PACKAGE : HERE, name));
  return { status: 200, body, type: TYPES[name.split(".").at(-1) ?? ""] ?? "text/plain" };
};

export class Arena {
  #certificate = makeCertificate();
  /** @type {any} */
  #browser;

  /**
   * Sends in one runtime, to a server for each way to end a connection.
   * @param {string} runtime One of runtimes(), or `chromium`.
   * @param {{ way: string, protocol?: Protocol, warm?: number, ends?: string[] }} how
   * @returns {Promise<Row[]>}
   */
  async send(runtime, { way, protocol = "HTTP/1.1", warm = 3, ends }) {
    const second = protocol === "HTTP/2";
    const { tls } = this.#certificate;
    const servers = [];
    for (const end of ends ?? Object.keys(second ? ENDS_2 : ENDS)) {
      const service = new Service();
      const server = await (second
        ? startHttp2(service, { end, hold: warm, files, tls })
        : startHttp1(service, { end, hold: warm, files }));
      servers.push({ end, service, server });
    }
    try {
      const orders = servers.map(({ server }) => ({ url: server.url, warm }));
      const told = await (runtime === "chromium"
        ? this.#inChromium(way, orders)
        : this.#inProcess(runtime, way, orders));
      return servers.map(({ end, service }, at) => ({
        end,
        swaps: service.swaps.length,
        told: told[at],
      }));
    } finally {
      for (const { server } of servers) server.close();
    }
  }

  /** @param {string} name @param {string} way @param {import("./client.mjs").Order[]} orders */
  async #inProcess(name, way, orders) {
    const runtime = (await runtimes())[/** @type {"bun"} */ (name)];
    const entry = way.startsWith("fetch") ? undefined : entryFor(name);
    const what = JSON.stringify({ way, orders, entry });
    const trusted = {
      NODE_EXTRA_CA_CERTS: this.#certificate.path,
      DENO_CERT: this.#certificate.path,
    };
    const child = spawn(runtime.program, [...runtime.flags, join(HERE, "client.mjs"), what], {
      env: { ...process.env, ...trusted },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (text) => (stdout += text));
    child.stderr.on("data", (text) => (stderr += text));
    const limit = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
    const [code, signal] = await once(child, "close");
    clearTimeout(limit);
    if (code !== 0)
      throw new Error(`${runtime.name} ended with ${code ?? signal}: ${stdout}${stderr}`);
    return JSON.parse(stdout);
  }

  /** Each from a page of the server itself, so that nothing crosses origins. @param {string} way @param {import("./client.mjs").Order[]} orders */
  async #inChromium(way, orders) {
    const { chromium } = createRequire(join(WORK, "package.json"))("playwright-core");
    this.#browser ??= await chromium.launch({ executablePath: PROGRAM, args: FLAGS });
    const told = [];
    for (const order of orders) {
      const context = await this.#browser.newContext({ ignoreHTTPSErrors: true });
      const page = await context.newPage();
      await page.goto(`${order.url}/`);
      const file = new URL(entryPath("chromium"), `${order.url}/pkg/`).href;
      const entry = way.startsWith("fetch") ? undefined : file;
      const module = `${order.url}/files/client.mjs`;
      const [one] = await page.evaluate(
        async (/** @type {any[]} */ [module, what]) => (await import(module)).run(what),
        [module, { way, orders: [order], entry }],
      );
      told.push(one);
      await context.close();
    }
    return told;
  }

  async close() {
    await this.#browser?.close();
    this.#certificate.delete();
  }
}
