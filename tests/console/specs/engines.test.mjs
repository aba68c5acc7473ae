// @ts-check
// The way from the form to a verified switchover in engines other than Chromium's, by WebDriver. An engine that is not on
// the machine is left out, and that is printed.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { AK, SK } from "../support/console.mjs";
import { instanceId, startEmulator } from "../support/emulator.mjs";
import { ENGINES, drive, lacking } from "../support/webdriver.mjs";

const ID = instanceId(1);

/** @type {import("../support/emulator.mjs").Emulator} */
let emulator;
before(async () => {
  emulator = await startEmulator(["--job-ms", "300"]);
});
after(() => emulator?.end());

for (const engine of ENGINES) {
  test(`${engine.name}: connect, confirm, switch over, report, and keep it`, async (t) => {
    const missing = await lacking(engine);
    if (missing.length > 0) return t.skip(`${missing.join(" and ")} is not installed`);
    await emulator.admin("reset", {});
    const browser = await drive(engine);
    try {
      await browser.goto(`${emulator.url}/#/instances/${ID}`);
      await browser.element("form.card .offer");
      await browser.click(".segments label:has([value=endpoint])");
      // Typed, as a person would: the offer to fill it in is for people who try it.
      for (const [name, value] of /** @type {[string, string][]} */ ([
        ["endpoint", emulator.url],
        ["iamEndpoint", emulator.url],
        ["ak", AK],
        ["sk", SK],
      ])) {
        await browser.type(`input[name=${name}]`, value);
      }
      await browser.click("button[type=submit]");
      await browser.click("[data-swap]");
      await browser.element("dialog .exchange");
      assert.match(await browser.text("dialog .exchange .master"), /192\.168\.101\.10/);
      await browser.click("dialog .danger:not([disabled])");
      assert.match(await browser.text(".report"), /Swapped|已切换/);
      const { swap_requests, swaps_run } = await emulator.truth(ID);
      assert.deepEqual([swap_requests, swaps_run], [1, 1]);
      assert.match(await browser.text(".node.master .ip"), /192\.168\.101\.11/);
      // The history is in the database of this engine too.
      await browser.goto("about:blank");
      await browser.goto(`${emulator.url}/#/history`);
      assert.match(await browser.text("tbody tr"), /dcs-emulator-1/);
      const wide = await browser.run("return document.documentElement.scrollWidth - innerWidth");
      assert.ok(wide <= 0, `${wide} px too wide`);
    } finally {
      await browser.end();
    }
    return undefined;
  });
}
