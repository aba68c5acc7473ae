// @ts-nocheck The types are those of packages that only this suite installs.
// From an empty folder: the packed package, one command, the address that it prints, and a verified switchover in
// Chromium; with the secret nowhere in the page, and nowhere in what the process prints.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { FLAGS, PROGRAM } from "../chromium.mjs";
import * as emulator from "../node/support/emulator.mjs";

const PACKAGE = process.env.DCS_PKG ?? fileURLToPath(new URL("../../pkg", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "dcs-empty-"));
const { ak, sk } = await emulator.newKey();
const instanceId = await emulator.newInstance({ job_ms: 300 });

let output = "";
/** @type {import("node:child_process").ChildProcess} */
let child;
/** @type {import("playwright-core").Browser} */
let browser;

before(async () => {
  const quiet = { cwd: folder, stdio: /** @type {"ignore"} */ ("ignore") };
  execFileSync("npm", ["pack", "--ignore-scripts", "--pack-destination", folder, PACKAGE], quiet);
  const [tarball = ""] = readdirSync(folder);
  execFileSync("npm", ["install", "--offline", "--no-audit", "--no-fund", `./${tarball}`], quiet);
  browser = await chromium.launch({ executablePath: PROGRAM, args: FLAGS });
});
after(async () => {
  await browser?.close();
  try {
    if (child?.pid) process.kill(-child.pid, "SIGKILL");
  } catch {
    // It has ended, as it should.
  }
  rmSync(folder, { recursive: true, force: true });
});

test("one command brings a page that swaps", { timeout: 180_000 }, async () => {
  const service = [
    "--region",
    emulator.region,
    "--endpoint",
    emulator.url,
    "--iam-endpoint",
    emulator.url,
  ];
  child = spawn("npx", ["--no-install", "huaweicloud-dcs", "console", ...service], {
    cwd: folder,
    // A group of its own: npx starts what is to be stopped.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      HUAWEICLOUD_SDK_AK: ak,
      HUAWEICLOUD_SDK_SK: sk,
    },
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const address = await new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text) => {
        output += text;
        const found = /http:\/\/\S+token=\S+/.exec(output)?.[0];
        if (found) resolve(found);
      });
    }
    ended.then(() => reject(new Error(`it ended: ${output}`)));
  });

  const context = await browser.newContext({ locale: "en-GB" });
  const page = await context.newPage();
  await page.goto(address);
  // It turns into the page by itself, and the page finds its back end.
  await page.getByText(/The back end answers: you are \S+@/).waitFor();
  assert.ok(!page.url().includes("token"));
  assert.equal(await page.locator("input[name=sk]").count(), 0, "it asks for no key");
  await page.locator("button[type=submit]").click();
  await page.locator(".session").waitFor();
  await page.evaluate((id) => void (location.hash = `#/instances/${id}`), instanceId);
  await page.locator("[data-swap]").click();
  await page.locator("dialog .exchange").waitFor();
  await page.locator("dialog .danger").click();
  await page.getByText("Verified: the roles were read again.").waitFor({ timeout: 60_000 });
  const { swap_requests: requests, swaps_run: swaps } = await emulator.counters(instanceId);
  assert.deepEqual([requests, swaps], [1, 1]);

  const session = await context.newCDPSession(page);
  /** @type {string[]} */
  const chunks = [];
  session.on("HeapProfiler.addHeapSnapshotChunk", ({ chunk }) => chunks.push(chunk));
  await session.send("HeapProfiler.enable");
  await session.send("HeapProfiler.takeHeapSnapshot", { captureNumericValue: true });
  const snapshot = chunks.join("");
  assert.ok(snapshot.includes(instanceId), "the search would find it");
  assert.ok(!snapshot.includes(sk), "the secret is in the page");
  assert.ok(!snapshot.includes(ak), "the access key is in the page");
  const stored = await page.evaluate(() =>
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }]),
  );
  assert.ok(!stored.includes(sk));

  assert.ok(output.includes(`swap of ${instanceId} in ${emulator.region}: accepted`), output);
  process.kill(-(/** @type {number} */ (child.pid)), "SIGINT");
  await ended;
  assert.match(output, /The console has ended/);
  assert.ok(!output.includes(sk));
});
