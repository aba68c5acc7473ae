// @ts-check
// Keys from anywhere, and focus that goes where the eye goes.
import { test } from "node:test";
import assert from "node:assert/strict";
import { connect } from "../support/console.mjs";
import { instanceId } from "../support/emulator.mjs";
import { room } from "../support/room.mjs";

const console = room();

/** @param {import("playwright-core").Page} page */
const focused = (page) => page.evaluate(() => document.activeElement?.textContent ?? "");

test("j and k move in the list from anywhere, and Enter opens what they came to", async () => {
  const page = await console.page();
  await connect(page, console.emulator.url);
  await page.locator("#instances-list a").first().waitFor();
  await page.keyboard.press("j");
  assert.match(await focused(page), /dcs-emulator-1/);
  await page.keyboard.press("j");
  assert.match(await focused(page), /dcs-single/);
  await page.keyboard.press("k");
  await page.keyboard.press("Enter");
  await page.locator("[data-swap]").waitFor();
  await page.waitForFunction(() => document.activeElement?.id === "stage-title");
  await page.keyboard.press("j");
  assert.match(await focused(page), /dcs-single/, "from the instance that is shown to the next");
});

test("from the title of an instance the swap is one Tab away, and one key", async () => {
  const page = await console.page();
  await connect(page, console.emulator.url, instanceId(1));
  await page.waitForFunction(() => document.activeElement?.id === "stage-title");
  await page.keyboard.press("Tab");
  assert.match(await focused(page), /Swap master and standby/);
  await page.keyboard.press("s");
  await page.locator("dialog .exchange").waitFor();
  assert.equal(await focused(page), "Cancel");
  // Keys of the page do nothing behind a dialog.
  await page.keyboard.press("2");
  assert.equal(await page.locator("dialog").count(), 1);
  await page.keyboard.press("Escape");
  await page.locator("dialog").waitFor({ state: "detached" });
  assert.equal((await console.emulator.truth(instanceId(1))).swap_requests, 0);
});

test("x chooses, Escape leads back to the list, and letters typed into a field are letters", async () => {
  const page = await console.page();
  await connect(page, console.emulator.url);
  await page.locator("#instances-list a").first().waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  assert.ok(await page.getByRole("checkbox", { name: "Choose dcs-emulator-1" }).isChecked());
  await page.keyboard.press("Enter");
  await page.locator("[data-swap]").waitFor();
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => location.hash === "#/instances");
  await page.waitForFunction(() => document.activeElement?.closest("#instances-list") !== null);
  await page.keyboard.press("/");
  await page.keyboard.type("jkxsr123?");
  assert.equal(await page.locator("#filter").inputValue(), "jkxsr123?");
});
