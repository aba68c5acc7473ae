// @ts-nocheck The types are those of packages that only this suite installs.
// docs/cdn.md: its page in Chromium, with the package from another origin that serves it as jsDelivr and unpkg do, and the
// page's own back end beside it.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { createDcsHandler, toNodeListener } from "huaweicloud-dcs/server";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { FLAGS, PROGRAM } from "../chromium.mjs";
import * as emulator from "../node/support/emulator.mjs";
import { allowAll } from "./support/back-end.mjs";

const PACKAGE = process.env.DCS_PKG ?? fileURLToPath(new URL("../../pkg", import.meta.url));
const PAGE = readFileSync(new URL("cdn.html", import.meta.url), "utf8");
/** What the page writes for the CDN, and for the instance. */
const CDN = "https://cdn.jsdelivr.net";
const INSTANCE = "00000000-0000-4000-8000-000000000001";
const FOLDER = "/npm/huaweicloud-dcs@0.1.0/";
/** @type {Record<string, string>} */
const TYPES = { ".mjs": "application/javascript; charset=utf-8", ".wasm": "application/wasm" };

const packed = (/** @type {string} */ name) => readFileSync(join(PACKAGE, name));
const hashOf = (/** @type {string} */ name) =>
  `sha384-${createHash("sha384").update(packed(name)).digest("base64")}`;

/** Where esm.sh has what it made of `inline`. */
const REWRITTEN = "/huaweicloud-dcs@0.1.0/inline";

/** The file that has one byte more on its way. */
let tampered = "";
let rewritten = Buffer.from("");
let page = "";

const cdn = createServer(({ url = "" }, response) => {
  const isRewritten = url === REWRITTEN;
  if (!isRewritten && !url.startsWith(FOLDER)) return void response.writeHead(404).end();
  const name = isRewritten ? "inline.mjs" : url.slice(FOLDER.length);
  const body = isRewritten ? rewritten : packed(name);
  response.writeHead(200, {
    "Access-Control-Allow-Origin": "*",
    "Content-Type": TYPES[extname(name)] ?? "application/octet-stream",
    "Cross-Origin-Resource-Policy": "cross-origin",
  });
  // A line break at the end changes nothing but the hash; of a module of WebAssembly it would not even be one any more.
  response.end(name === tampered ? Buffer.concat([body, Buffer.from("\n")]) : body);
});
const dcs = toNodeListener(createDcsHandler({ ...allowAll, swapPauseMs: 0 }));
const site = createServer((request, response) => {
  if (request.url?.startsWith("/dcs/")) return void dcs(request, response);
  response.setHeader("Content-Type", "text/html").end(page);
});

/** @param {import("node:http").Server} server @returns {Promise<string>} */
const listen = (server) =>
  new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
      resolve(`http://127.0.0.1:${port}`);
    });
  });

/** @type {import("playwright-core").Browser} */
let browser;
let [cdnUrl, siteUrl] = ["", ""];
before(async () => {
  [cdnUrl, siteUrl] = await Promise.all([listen(cdn), listen(site)]);
  browser = await chromium.launch({ executablePath: PROGRAM, args: FLAGS });
});
after(async () => {
  await browser?.close();
  for (const server of [cdn, site]) {
    server.closeAllConnections();
    server.close();
  }
});

/** Opens the page of the paper, with the hashes of the package. @param {string} instanceId */
function visit(instanceId) {
  const source = PAGE.replaceAll(CDN, cdnUrl).replaceAll(
    /"\{([\w/.]+)\}"/g,
    (_, name) => `"${hashOf(name)}"`,
  );
  assert.equal(source.match(/"sha384-/g)?.length, 3);
  return open(source, instanceId);
}

/**
 * Opens a page and presses its button; what it shows, and what the browser complains of.
 * @param {string} source
 * @param {string} instanceId
 */
async function open(source, instanceId) {
  page = source.replaceAll(INSTANCE, instanceId);
  const tab = await browser.newPage();
  /** @type {string[]} */
  const trouble = [];
  tab.on("console", (message) => message.type() === "error" && trouble.push(message.text()));
  tab.on("pageerror", (error) => trouble.push(String(error)));
  try {
    await tab.goto(siteUrl, { waitUntil: "networkidle" });
    await tab.getByRole("button").click();
    const shown = tab.locator("output");
    if (trouble.length === 0) await shown.filter({ hasText: /./ }).waitFor();
    return { shown: await shown.textContent(), trouble: trouble.join("\n") };
  } finally {
    await tab.close();
  }
}

test("the page swaps, with each of its files checked against its hash", async () => {
  const instanceId = await emulator.newInstance();
  tampered = "";
  assert.deepEqual(await visit(instanceId), { shown: "swapped", trouble: "" });
  assert.equal((await emulator.counters(instanceId)).swaps_run, 1);
});

for (const name of ["browser.mjs", "lib/client.mjs", "lib/client.wasm"]) {
  test(`with one byte more in ${name} nothing runs`, async () => {
    const instanceId = await emulator.newInstance();
    tampered = name;
    const { shown, trouble } = await visit(instanceId);
    assert.equal(shown, "");
    assert.match(trouble, /integrity|digest/i);
    assert.equal((await emulator.counters(instanceId)).swap_requests, 0);
  });
}

test("inline swaps as esm.sh serves it: rewritten for the browser, with nothing beside it", async () => {
  const { outputFiles } = await build({
    entryPoints: [join(PACKAGE, "inline.mjs")],
    ...{ bundle: true, minify: true, write: false, format: "esm", target: "es2022" },
    platform: "browser",
  });
  rewritten = Buffer.from(outputFiles[0].contents);
  const instanceId = await emulator.newInstance();
  const source = PAGE.replace(/<script type="importmap">.*?<\/script>/s, "")
    .replace(/const module = .*\n *await init\(.*\n/, "")
    .replace('"huaweicloud-dcs"', `"${cdnUrl}${REWRITTEN}"`);
  assert.doesNotMatch(source, /integrity|fetch/);
  assert.deepEqual(await open(source, instanceId), { shown: "swapped", trouble: "" });
  assert.equal((await emulator.counters(instanceId)).swaps_run, 1);
});
