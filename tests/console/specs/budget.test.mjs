// @ts-check
// What the page costs, where it comes from, and what it is allowed.
import { brotliCompressSync } from "node:zlib";
import { test } from "node:test";
import assert from "node:assert/strict";
import { connect, reported, swap } from "../support/console.mjs";
import { instanceId } from "../support/emulator.mjs";
import { room } from "../support/room.mjs";

const console = room(["--variety", "--job-ms", "300"]);
/** Bytes of everything that the first view loads, each file compressed with Brotli. */
const FIRST_LOAD = 130 * 1024;
/** Bytes of all that there is, with what most visits never open. */
const EVERYTHING = 165 * 1024;

/** @param {import("playwright-core").Page} page */
function watch(page) {
  /** @type {Promise<{ url: string, bytes: number }>[]} */
  const loaded = [];
  page.on("response", (response) => {
    const url = response.url();
    if (/_emulator|\/v[23]\/|config/.test(url)) return;
    const weigh = async () => ({ url, bytes: brotliCompressSync(await response.body()).length });
    loaded.push(weigh());
  });
  return async () => {
    const files = await Promise.all(loaded);
    return {
      names: files.map(({ url }) => new URL(url).pathname),
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  };
}

for (const locale of ["en-GB", "zh-CN"]) {
  test(`the first load is within its budget (${locale})`, async (t) => {
    const page = await console.page({ locale, serviceWorkers: "block" });
    const loaded = watch(page);
    await page.goto(console.emulator.url, { waitUntil: "networkidle" });
    await page.locator("form.card").waitFor();
    const { bytes, names } = await loaded();
    t.diagnostic(`${(bytes / 1024).toFixed(1)} KiB in ${names.length} files`);
    assert.ok(names.some((name) => name.endsWith(".wasm")));
    assert.ok(!names.some((name) => /error-codes|requests|history/.test(name)), names.join());
    assert.ok(bytes < FIRST_LOAD, `${bytes} bytes: ${names.join()}`);
  });
}

test("everything together is within its budget, and comes from the page's own origin", async (t) => {
  const page = await console.page({ serviceWorkers: "block" });
  /** @type {string[]} */
  const origins = [];
  page.on("request", (request) => origins.push(new URL(request.url()).origin));
  const loaded = watch(page);
  await connect(page, console.emulator.url, instanceId(1));
  // The first list must have come before lists fail.
  await page.locator("[data-swap]").waitFor();
  await console.emulator.fault("ListInstances", { kind: "status", status: 500 }, { times: 9 });
  await page.keyboard.press("r");
  await page.locator(".problem").waitFor();
  await swap(page);
  await reported(page);
  await page.keyboard.press("2");
  await page.locator(".inspector").waitFor();
  await page.keyboard.press("3");
  await page.locator("table").waitFor();
  await page.goto(`${console.emulator.url}/#/plan`);
  await page.getByText("Nothing is planned").waitFor();
  await page.keyboard.press("3");
  await page.getByRole("button", { name: "中文" }).click();
  await page.getByRole("heading", { name: "历史", exact: true }).waitFor();
  const { bytes, names } = await loaded();
  t.diagnostic(`${(bytes / 1024).toFixed(1)} KiB in ${names.length} files`);
  assert.ok(names.some((name) => /error-codes/.test(name)));
  assert.ok(bytes < EVERYTHING, `${bytes} bytes`);
  assert.deepEqual([...new Set(origins)], [console.emulator.url]);
});

test("the page insists on a strict policy of its own", async () => {
  const page = await console.page();
  await page.goto(console.emulator.url);
  const policy = await page
    .locator("meta[http-equiv=Content-Security-Policy]")
    .getAttribute("content");
  assert.match(policy ?? "", /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval';/);
  assert.doesNotMatch(policy ?? "", /unsafe-inline|'unsafe-eval'|[ '](?:\*|http:)[ ;]/);
  assert.equal(await page.locator("[style], script:not([src])").count(), 0);
  // What the policy forbids is really refused.
  const thrown = await page.evaluate(() => {
    const script = document.createElement("script");
    try {
      script.textContent = "window.ran = true";
    } catch (error) {
      return String(error);
    }
    return "nothing";
  });
  assert.match(thrown, /TypeError/);
  assert.match(console.forgive().join(), /TrustedScript/);
});

test("opens without a network, and says that calls will fail", async () => {
  const page = await console.page();
  await page.goto(console.emulator.url);
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  // The first visit installs; from the second on the page is served by what was kept.
  await page.reload();
  await page.locator("form.card").waitFor();
  await page.context().setOffline(true);
  await page.reload();
  await page.locator("form.card").waitFor();
  await page.getByText("This machine is offline").waitFor();
  await page.getByRole("button", { name: "中文" }).click();
  await page.getByText("本机已离线").waitFor();
  await page.keyboard.press("2");
  await page.getByRole("heading", { name: "请求记录" }).waitFor();
  const kept = await page.evaluate(async () => {
    const [name = ""] = await caches.keys();
    const requests = await (await caches.open(name)).keys();
    return requests.map((request) => new URL(request.url).pathname);
  });
  assert.ok(kept.length > 5);
  assert.deepEqual(
    kept.filter((path) => /_emulator|\/v[23]\//.test(path)),
    [],
    "no answer of the service is kept",
  );
});

test("a first switchover takes a new user five clicks and seconds", async () => {
  const started = performance.now();
  const page = await console.page();
  await page.goto(console.emulator.url);
  await page.getByRole("button", { name: "Fill in its test key" }).click();
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await page.getByRole("link", { name: /dcs-emulator-1/ }).click();
  await page.getByRole("button", { name: "Swap master and standby" }).click();
  await page.getByRole("button", { name: "Swap now" }).click();
  await (await reported(page)).getByText("Verified: the roles were read again.").waitFor();
  assert.ok(performance.now() - started < 60_000);
});
