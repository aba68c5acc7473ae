// @ts-check
// What is confirmed is what happens: the dialog reads the roles when it opens, and a swap of what has changed since is
// not sent.
import { test } from "node:test";
import assert from "node:assert/strict";
import { connect, reported, swap } from "../support/console.mjs";
import { instanceId } from "../support/emulator.mjs";
import { room } from "../support/room.mjs";

const console = room(["--variety", "--job-ms", "300"]);
const ID = instanceId(1);

/** The address in the dialog of the master of now. @param {import("playwright-core").Page} page */
const masterNow = (page) => page.locator("dialog .exchange .master code").innerText();
/** @param {import("playwright-core").Page} page */
const masterShown = (page) => page.locator(".node.master .ip").innerText();

/** Swaps behind the page's back, as somebody else would. */
async function swapElsewhere() {
  const other = await console.page();
  // Of another origin: no word of it reaches the page.
  await connect(other, console.emulator.url.replace("127.0.0.1", "localhost"), ID);
  await swap(other);
  await reported(other);
}

test("the dialog shows the roles of the moment, not those that the page read before", async () => {
  const page = await console.page();
  await connect(page, console.emulator.url, ID);
  const before = await masterShown(page);
  await swapElsewhere();
  await page.locator("[data-swap]").click();
  await page.locator("dialog .exchange").waitFor();
  assert.notEqual(await masterNow(page), before);
});

test("a master that changes while the dialog is open is not swapped back", async () => {
  const page = await console.page();
  await connect(page, console.emulator.url, ID);
  await page.locator("[data-swap]").click();
  await page.locator("dialog .exchange").waitFor();
  await swapElsewhere();
  await page.locator("dialog .danger").click();
  // What was confirmed holds already: the node that was named as the master afterwards is master.
  const text = await (await reported(page)).innerText();
  assert.match(text, /^Already there/);
  assert.match(text, /Nothing was sent/);
  assert.equal((await console.emulator.truth(ID)).swaps_run, 1);
});

test("two tabs: the second sees what the first has done, and does not undo it", async () => {
  const first = await console.page();
  await connect(first, console.emulator.url, ID);
  const second = await first.context().newPage();
  await connect(second, console.emulator.url, ID);
  const before = await masterShown(second);
  await swap(first);
  await reported(first);
  await second.waitForFunction(
    (before) => document.querySelector(".node.master .ip")?.textContent !== before,
    before,
  );
  await second.locator("[data-swap]").click();
  await second.locator("dialog .exchange").waitFor();
  assert.notEqual(await masterNow(second), before);
});

test("roles are read again while the page can be seen, and not while it is hidden", async () => {
  const page = await console.page();
  await page.clock.install();
  await connect(page, console.emulator.url, ID);
  const before = await masterShown(page);
  await swapElsewhere();
  await page.clock.runFor("00:06");
  await page.waitForFunction(
    (before) => document.querySelector(".node.master .ip")?.textContent !== before,
    before,
  );
  await page.evaluate(() => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
  });
  const reads = async () => (await console.emulator.admin("state")).counters.requests;
  await page.clock.runFor("00:30");
  const quiet = await reads();
  await page.clock.runFor("05:00");
  assert.equal(await reads(), quiet);
});

test("with several standbys the dialog says that it will be one of them", async () => {
  const many = instanceId(50);
  const zones = ["cn-north-4a", "cn-north-4b", "cn-north-4c"];
  await console.emulator.admin("instances", {
    instance_id: many,
    name: "four-nodes",
    replica_count: 4,
    az_codes: zones,
  });
  const page = await console.page();
  await connect(page, console.emulator.url, many);
  await page.locator("[data-swap]").click();
  const standbys = page.locator("dialog .exchange .standby");
  await standbys.waitFor();
  assert.match(await standbys.innerText(), /one of/);
  assert.equal(await standbys.locator("li").count(), 3);
});

test("an instance that has become busy cannot be confirmed, and the dialog says why", async () => {
  const page = await console.page();
  await connect(page, console.emulator.url, ID);
  // The page has read the roles; it reads them again 5 s later.
  await masterShown(page);
  await console.emulator.admin("instances", { instance_id: ID, status: "RESTARTING" });
  await page.locator("[data-swap]").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("RESTARTING").waitFor();
  assert.ok(await dialog.getByRole("button", { name: "Swap now" }).isDisabled());
});

test("roles that cannot be read cannot be confirmed", async () => {
  const page = await console.page();
  await connect(page, console.emulator.url, ID);
  // The page has read the roles; it reads them again 5 s later.
  await masterShown(page);
  await console.emulator.fault(
    "ListGroupReplicationInfo",
    { kind: "status", status: 403, error_code: "DCS.3002", error_msg: "No permission." },
    { times: 9 },
  );
  await page.locator("[data-swap]").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("The roles could not be read").waitFor();
  assert.ok(await dialog.getByRole("button", { name: "Swap now" }).isDisabled());
  await page.keyboard.press("Escape");
  assert.equal((await console.emulator.truth(ID)).swap_requests, 0);
});
