// @ts-check
// The address is the truth: what it names is shown, or said to be unknown; what nobody chose is not.
import { test } from "node:test";
import assert from "node:assert/strict";
import { connect, fillIn } from "../support/console.mjs";
import { instanceId } from "../support/emulator.mjs";
import { room } from "../support/room.mjs";

const console = room();
const ID = instanceId(1);

/** @param {import("playwright-core").Page} page */
const swapButtons = (page) => page.locator("[data-swap]").count();

test("nothing is selected that nobody chose", async () => {
  const page = await console.page();
  await connect(page, console.emulator.url);
  await page.locator(".zone.standby").first().waitFor();
  await page.getByText("Nothing is chosen for you").waitFor();
  assert.equal(await page.locator("#instances-list [aria-current]").count(), 0);
  assert.equal(await swapButtons(page), 0);
});

test("an instance that the list does not hold is loaded by its id", async () => {
  for (let n = 20; n < 140; n++) {
    await console.emulator.admin("instances", { instance_id: instanceId(n), name: `more-${n}` });
  }
  const page = await console.page();
  await connect(page, console.emulator.url, instanceId(139));
  await page.getByRole("heading", { name: "more-139" }).waitFor();
  await page.locator("#filter").fill("dcs-single");
  await page.waitForFunction(() => document.querySelectorAll("#instances-list a").length === 1);
  await page.getByRole("heading", { name: "more-139" }).waitFor();
  assert.equal(await page.locator("#stage-title").innerText(), "more-139");
});

for (const [what, hash, said] of /** @type {[string, string, RegExp][]} */ ([
  ["an id that is not there", `#/instances/${instanceId(77)}`, /no such instance here/],
  ["an id in capitals that is not there", `#/instances/${instanceId(77).toUpperCase()}`, /no such/],
  ["what is no id", "#/instances/production-cache", /This is no instance ID/],
  ["an id with something before it", `#/instances/x${ID}`, /This is no instance ID/],
  ["an id that is cut", `#/instances/${ID.slice(0, -1)}`, /This is no instance ID/],
  ["what cannot be decoded", "#/instances/%E0%A4%A", /This is no instance ID/],
])) {
  test(`${what} is said to be unknown, and nothing else is shown`, async () => {
    const page = await console.page();
    await page.goto(`${console.emulator.url}/${hash}`);
    await fillIn(page);
    const alert = page.locator(".stage [role=alert]");
    await alert.waitFor();
    assert.match(await alert.innerText(), said);
    assert.equal(await swapButtons(page), 0);
    assert.equal(await page.locator("#instances-list [aria-current]").count(), 0);
    await page.locator("#instances-list a", { hasText: "dcs-emulator-1" }).click();
    await page.locator("[data-swap]").waitFor();
  });
}

test("an instance that cannot be read is told with its error, and can be read again", async () => {
  const page = await console.page();
  await console.emulator.fault(
    "ShowInstance",
    { kind: "status", status: 403, error_code: "DCS.3002", error_msg: "No permission." },
    { times: 1 },
  );
  await page.goto(`${console.emulator.url}/#/instances/${ID}`);
  await fillIn(page);
  await page.getByText("The instance could not be read").waitFor();
  assert.equal(await swapButtons(page), 0);
  await page.getByRole("button", { name: "Try again" }).click();
  await page.locator("[data-swap]").waitFor();
});

test("from the address of an instance to a verified switchover in two actions", async () => {
  const page = await console.page();
  await connect(page, console.emulator.url, ID);
  await page.getByRole("button", { name: "Swap master and standby" }).click();
  await page.getByRole("button", { name: "Swap now" }).click();
  await page.locator(".report").getByText("Verified").waitFor();
});
