// @ts-check
// Switchovers as a thing of their own: in every view, of every tab, until somebody has looked at them.
import { test } from "node:test";
import assert from "node:assert/strict";
import { connect, fillIn, reported, swap } from "../support/console.mjs";
import { instanceId } from "../support/emulator.mjs";
import { room } from "../support/room.mjs";

const console = room(["--variety", "--job-ms", "300"]);
const ID = instanceId(1);

/** @param {number} ms */
const slow = (ms) =>
  console.emulator.admin("instances", { instance_id: ID, name: "slow", job_ms: ms });

/** @param {import("playwright-core").Page} page */
const onStrip = (page) => page.locator(".on-strip");

test("a switchover is seen in every view, and after its end until it is looked at", async () => {
  await slow(2_500);
  const page = await console.page();
  await connect(page, console.emulator.url, ID);
  await swap(page);
  for (const key of ["2", "3", "1"]) {
    await page.keyboard.press(key);
    await onStrip(page).getByText("Switchover in progress").waitFor();
  }
  await page.locator("#filter").fill("dcs-single");
  await page.waitForFunction(() => document.querySelectorAll("#instances-list a").length === 1);
  assert.equal(await onStrip(page).count(), 1, "filtering does not hide it");
  await page.keyboard.press("Escape");
  await page.getByRole("link", { name: /Requests/ }).click();
  await onStrip(page).getByText("Swapped", { exact: true }).waitFor({ timeout: 20_000 });
  await onStrip(page).getByRole("link", { name: "slow" }).click();
  await page.locator(".report").waitFor();
  await onStrip(page).waitFor({ state: "detached" });
});

test("another tab shows it too, offers no swap meanwhile, and can look at its end", async () => {
  await slow(9_000);
  const page = await console.page();
  await connect(page, console.emulator.url, ID);
  const other = await page.context().newPage();
  await connect(other, console.emulator.url, ID);
  await swap(page);
  await page.getByRole("link", { name: /Requests/ }).click();
  await onStrip(other).getByText("other tab").waitFor();
  await other.getByText("Switchover in progress in another tab").waitFor();
  assert.equal(await other.locator("[data-swap]").count(), 0);
  await other.getByRole("link", { name: /History/ }).click();
  await onStrip(other).getByText("Swapped", { exact: true }).waitFor({ timeout: 20_000 });
  // A tab that is opened later hears of it.
  const third = await page.context().newPage();
  await third.goto(console.emulator.url);
  await onStrip(third).getByText("Swapped", { exact: true }).waitFor();
  await onStrip(other).getByRole("link", { name: "slow" }).click();
  for (const tab of [page, other, third]) await onStrip(tab).waitFor({ state: "detached" });
});

test("what a closed tab followed is offered to another one, which finds it out", async () => {
  await slow(2_500);
  const page = await console.page();
  await connect(page, console.emulator.url, ID);
  await swap(page);
  await page.locator(".job code").waitFor();
  const other = await page.context().newPage();
  await other.goto(console.emulator.url);
  await onStrip(other).getByText("other tab").waitFor();
  assert.equal(await other.getByText("A switchover was in progress").count(), 0);
  await page.close({ runBeforeUnload: false });
  await other.getByText("A switchover was in progress").waitFor();
  await fillIn(other);
  await onStrip(other).getByText("Swapped", { exact: true }).waitFor({ timeout: 20_000 });
  assert.equal((await console.emulator.truth(ID)).swap_requests, 1);
});

test("where following was stopped there is no swap to hit, and it can be followed again", async () => {
  await slow(2_500);
  const page = await console.page();
  await connect(page, console.emulator.url, ID);
  await swap(page);
  await page.locator(".job code").waitFor();
  const stop = page.getByRole("button", { name: "Stop following" });
  const place = await stop.boundingBox();
  await stop.click();
  await reported(page);
  const at = { x: (place?.x ?? 0) + 5, y: (place?.y ?? 0) + 5 };
  const there = await page.evaluate(
    ({ x, y }) => document.elementFromPoint(x, y)?.closest("[data-swap]") === null,
    at,
  );
  assert.ok(there, "a second click there does not ask for a swap");
  const primary = page.locator(".stage > .actions .primary");
  assert.equal(await primary.innerText(), "Follow again");
  await primary.click();
  await page.locator(".report").getByText("Verified").waitFor({ timeout: 20_000 });
  assert.match(await page.locator(".report").innerText(), /^Swapped/);
  assert.equal((await console.emulator.truth(ID)).swap_requests, 1);
});

test("after a doubt swapping takes a second confirmation that names the doubt", async () => {
  const page = await console.page();
  await connect(page, console.emulator.url, ID);
  await console.emulator.fault("ChangeMasterStandbyAsync", {
    kind: "status",
    status: 502,
    when: "after",
  });
  await swap(page);
  await reported(page);
  const actions = page.locator(".stage > .actions");
  assert.equal(await actions.locator(".primary").innerText(), "Read the roles");
  assert.doesNotMatch((await page.locator("[data-swap]").getAttribute("class")) ?? "", /primary/);
  await page.locator("[data-swap]").click();
  const dialog = page.getByRole("dialog");
  await dialog.locator(".exchange").waitFor();
  await dialog
    .getByText(/ended as “The roles have changed; the answer was inconclusive”/)
    .waitFor();
  const go = dialog.getByRole("button", { name: "Swap now" });
  assert.ok(await go.isDisabled());
  await dialog.getByRole("checkbox").check();
  assert.ok(await go.isEnabled());
});
