// @ts-check
// The playground, from files and below a path of a server, with the network off: three clicks to a verified switchover,
// and each mishap that can be chosen.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { brotliCompressSync } from "node:zlib";
import { SITE, fileOf, files, offline, serveBelow } from "./site.mjs";

const browser = offline();
const PAGE = "playground/index.html";

/** @param {import("playwright-core").Page} page */
async function swap(page) {
  await page.locator("[data-swap]").click();
  await page.locator("dialog .danger").click();
  const report = page.locator(".report");
  await report.waitFor({ timeout: 90_000 });
  return report.innerText();
}

test("three clicks lead to a verified switchover, from files, in English and Chinese", async () => {
  for (const [locale, verified] of /** @type {const} */ ([
    ["en-GB", /^Swapped\s+Verified/],
    ["zh-CN", /^已切换\s+已核实/],
  ])) {
    const { page, complaints, asked } = await browser.page({ locale });
    await page.goto(fileOf(PAGE));
    await page.locator("[data-start]").click();
    assert.match(await swap(page), verified);
    assert.deepEqual(complaints, []);
    assert.deepEqual(asked, [], "something was asked of the network");
  }
});

test("it opens below a path of a server, and needs it no more once it is there", async () => {
  const server = await serveBelow("/some/where/");
  try {
    const { page, context, complaints } = await browser.page();
    await context.setOffline(false);
    await page.goto(server.url + PAGE);
    await page.locator("[data-start]").waitFor();
    await context.setOffline(true);
    await page.locator("[data-start]").click();
    assert.match(await swap(page), /^Swapped\s+Verified/);
    assert.deepEqual(complaints, []);
  } finally {
    await server.end();
  }
});

/** @type {[mishap: string, said: RegExp][]} */
const MISHAPS = [
  ["lost", /^Swapped, though the answer was lost\s+Verified/],
  ["never", /^(Not known|Unknown|Not swapped)/],
  ["busy", /^Not swapped: the instance was busy\s+Verified/],
  ["throttled", /^Swapped\s+Verified/],
  ["failedJob", /^The job failed\s+Verified/],
  ["lag", /^Swapped\s+Verified/],
  ["back", /^(Not known|Unknown)/],
];
// Two of them are read until a minute is up.
describe("a mishap", { concurrency: 4 }, () => {
  for (const [mishap, said] of MISHAPS) {
    test(`a swap to which "${mishap}" happens ends as it must`, async () => {
      const { page, complaints } = await browser.page();
      await page.goto(fileOf(PAGE));
      await page.locator("[data-start]").click();
      await page.locator("[name=mishap]").selectOption(mishap);
      const report = await swap(page);
      assert.match(report, said);
      assert.deepEqual(complaints, []);
    });
  }
});

test("every mishap that can be chosen is tried here", async () => {
  const { page } = await browser.page();
  await page.goto(fileOf(PAGE));
  await page.locator("[data-start]").click();
  const offered = await page
    .locator("[name=mishap] option")
    .evaluateAll((all) => all.map((one) => /** @type {HTMLOptionElement} */ (one).value));
  assert.deepEqual(offered, ["none", ...MISHAPS.map(([name]) => name)]);
});

test("after a reload a new cloud begins, and what was under way in the old one is forgotten", async () => {
  const { page } = await browser.page();
  await page.goto(fileOf(PAGE));
  await page.locator("[data-start]").click();
  await page.locator("[data-swap]").click();
  await page.locator("dialog .danger").click();
  await page.locator(".stretch").first().waitFor();
  await page.reload();
  await page.locator("[data-start]").click();
  assert.match(await swap(page), /^Swapped\s+Verified/);
});

test("its size is as docs/emulator.md says", () => {
  const shipped = files.filter((name) => /^playground\/.*\.(html|js|css)$/.test(name));
  const pieces = shipped.map((name) => brotliCompressSync(readFileSync(join(SITE, name))).length);
  const kilobytes = pieces.reduce((sum, one) => sum + one, 0) / 1024;
  const paper = readFileSync(new URL("../../../docs/emulator.md", import.meta.url), "utf8");
  const [, told = ""] = /playground .*?\((\d+) KB as brotli/s.exec(paper) ?? [];
  assert.ok(Math.abs(kilobytes - Number(told)) < 20, `${kilobytes.toFixed(0)} KB, ${told} told`);
});
