// @ts-check
// Runs the campaign in a page of Chromium, served from an origin of its own: every request crosses origins.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { FLAGS, PROGRAM } from "../chromium.mjs";
import { startProxy } from "./proxy.mjs";

const CAMPAIGN = fileURLToPath(new URL(".", import.meta.url));
const PACKAGE = process.env.DCS_PKG ?? fileURLToPath(new URL("../../pkg", import.meta.url));
/** @type {Record<string, string>} */
const TYPES = { html: "text/html", mjs: "text/javascript", wasm: "application/wasm" };
/** A page that says nothing for so long has failed; a segment takes seconds. */
const SILENCE_MS = 120_000;

/** @typedef {import("./play.mjs").Verdict} Verdict */
/** @typedef {{ verdicts?: Verdict[], done?: boolean, error?: string }} Told */

/**
 * @param {string} url The emulator's.
 * @param {import("./play.mjs").Order} order
 * @param {boolean} viaProxy Through a proxy that keeps no connection alive.
 * @param {(verdicts: Verdict[]) => void} take
 */
export async function playInChromium(url, order, viaProxy, take) {
  const proxy = viaProxy ? await startProxy(url) : undefined;
  /** @type {(told: Told) => void} */
  let hear = () => {};
  const server = createServer(async (request, response) => {
    try {
      await serve(request, response, { url, order, proxyPort: proxy?.port }, (told) => hear(told));
    } catch (error) {
      response.writeHead(404).end(String(error));
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = /** @type {import("node:net").AddressInfo} */ (server.address());
  const profile = await mkdtemp(join(tmpdir(), "campaign-"));
  const page = `http://127.0.0.1:${address.port}/`;
  const flags = [...FLAGS, "--headless", `--user-data-dir=${profile}`];
  const browser = spawn(PROGRAM, [...flags, page], { stdio: "ignore" });
  const gone = once(browser, "exit");
  try {
    await new Promise((resolve, reject) => {
      const silent = () => reject(new Error("the page has fallen silent"));
      let silence = setTimeout(silent, SILENCE_MS);
      hear = ({ verdicts, done, error }) => {
        clearTimeout(silence);
        silence = setTimeout(silent, SILENCE_MS);
        if (verdicts) take(verdicts);
        if (!done && !error) return;
        clearTimeout(silence);
        if (error) reject(new Error(`in the page: ${error}`));
        else resolve(undefined);
      };
      browser.once("error", reject);
      browser.once("exit", () => reject(new Error("Chromium ended early")));
    });
  } finally {
    if (browser.exitCode === null && browser.pid !== undefined) {
      browser.kill();
      await gone;
    }
    server.closeAllConnections();
    server.close();
    proxy?.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * The page, the campaign's modules and the package; what the page tells is heard.
 * @param {import("node:http").IncomingMessage} request
 * @param {import("node:http").ServerResponse} response
 * @param {object} order
 * @param {(told: Told) => void} hear
 */
async function serve(request, response, order, hear) {
  const path = normalize(new URL(request.url ?? "/", "http://page").pathname);
  if (path === "/order") {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(order));
  } else if (path === "/told") {
    let text = "";
    for await (const chunk of request) text += chunk;
    response.writeHead(204).end();
    hear(JSON.parse(text));
  } else {
    const file = path.startsWith("/pkg/")
      ? join(PACKAGE, path.slice("/pkg/".length))
      : path.startsWith("/support/")
        ? join(CAMPAIGN, "..", path)
        : join(CAMPAIGN, path === "/" ? "page.html" : path.replace("/campaign/", ""));
    const body = await readFile(file);
    const type = TYPES[file.split(".").at(-1) ?? ""] ?? "application/octet-stream";
    response.writeHead(200, { "content-type": type, "cache-control": "no-store" }).end(body);
  }
}
