// @ts-check
// An earlier switchover whose end is not known: what is confirmed meanwhile is told from it, and a plan leaves it out.
import { test } from "node:test";
import assert from "node:assert/strict";
import { connect, download, fillIn, reported, swap } from "../support/console.mjs";
import { instanceId } from "../support/emulator.mjs";
import { room } from "../support/room.mjs";
import { source } from "../support/source.mjs";

const console = room(["--job-ms", "600"]);
const ID = instanceId(1);

/** A switchover that runs, but whose end the page cannot see: its record stays open. @param {import("playwright-core").Page} page */
async function swapInDoubt(page) {
  await connect(page, console.emulator.url, ID);
  await swap(page);
  await page.locator(".job code").waitFor();
  for (const operation of ["ShowJobInfo", "ListGroupReplicationInfo"]) {
    await console.emulator.fault(operation, { kind: "status", status: 403 }, { times: 9 });
  }
  assert.match(await (await reported(page)).innerText(), /^Not known/);
  await fetch(`${console.emulator.url}/_emulator/faults`, { method: "DELETE" });
}

/** The plan of every instance, once it is made. @param {import("playwright-core").Page} page */
async function planAll(page) {
  await page.goto(`${console.emulator.url}/#/instances`);
  await page.locator(".many input").check();
  await page.locator(".many button").click();
  await page.locator(".plan-summary", { hasText: "would be swapped" }).waitFor();
}

test("a confirmed swap that was not sent, because an earlier one was found, is not told as swapped", async () => {
  const first = await console.page();
  await swapInDoubt(first);
  const { master } = await console.emulator.truth(ID);
  // Only the package's own record is left.
  await first.evaluate(() => localStorage.removeItem("dcs-console.pending"));
  const page = await first.context().newPage();
  await first.close({ runBeforeUnload: false });
  await connect(page, console.emulator.url, ID);
  await swap(page);
  const report = await reported(page);
  assert.match(await report.innerText(), /^Nothing was sent; an earlier switchover had swapped/);
  assert.match((await report.getAttribute("class")) ?? "", /bad/);
  await report.getByText("Found again", { exact: true }).waitFor();
  const truth = await console.emulator.truth(ID);
  assert.deepEqual([truth.swap_requests, truth.swaps_run, truth.master], [1, 1, master]);
  await page.getByRole("link", { name: /History/ }).click();
  await page
    .getByRole("row")
    .nth(1)
    .getByText(/^Nothing was sent/)
    .waitFor();
});

test("a plan counts what was found instead of sent as no swap", async () => {
  const first = await console.page();
  await swapInDoubt(first);
  await first.evaluate(() => localStorage.removeItem("dcs-console.pending"));
  const page = await first.context().newPage();
  await first.close({ runBeforeUnload: false });
  await connect(page, console.emulator.url, ID);
  await planAll(page);
  await page.getByRole("button", { name: "Swap 1…" }).click();
  await page.getByRole("button", { name: "Swap 1 now" }).click();
  await page.getByText("0 swapped, 0 not swapped, 0 unknown").waitFor({ timeout: 30_000 });
  await page.getByText("1 ended otherwise than planned").waitFor();
  assert.equal((await console.emulator.truth(ID)).swap_requests, 1);
});

test("a plan leaves an instance out until its last switchover is settled", async () => {
  const page = await console.page();
  await swapInDoubt(page);
  await planAll(page);
  const text = await page.locator("main.plan").innerText();
  assert.match(text, /0 would be swapped[\s\S]*an earlier switchover of it[\s\S]*not settled/);
  assert.ok(await page.getByRole("button", { name: "Swap 0…" }).isDisabled());
  const { instances } = JSON.parse(await download(page, "Download the report"));
  assert.equal(instances[0].planned, "unsettled");
});

test("a plan leaves an instance out whose roles changed after an answer in doubt", async () => {
  const page = await console.page();
  await connect(page, console.emulator.url, ID);
  const fault = { kind: "status", status: 502, when: "after" };
  await console.emulator.fault("ChangeMasterStandbyAsync", fault);
  await swap(page);
  await reported(page);
  await planAll(page);
  await page.getByText("0 would be swapped").waitFor();
});

test("a goal that was missed is not told as success", async () => {
  const { endingOf } = await source("state/ending.ts");
  const attempts = { swap: 1, reads: 4 };
  const job = { status: "SUCCESS" };
  const report = { result: "swapped", outcome: "accepted", job, attempts };
  assert.equal(endingOf(report).tone, "good");
  const missed = endingOf({ ...report, goalMissed: true });
  assert.deepEqual([missed.title, missed.tone], ["end.goalMissed", "bad"]);
});

/**
 * Another tab finds what a closed one began. What `spoil` does in it comes before the page's own scripts.
 * @param {() => void} spoil
 */
async function foundBy(spoil) {
  await console.emulator.admin("instances", { instance_id: ID, name: "slow", job_ms: 2_500 });
  const first = await console.page();
  await connect(first, console.emulator.url, ID);
  await swap(first);
  await first.locator(".job code").waitFor();
  const page = await first.context().newPage();
  await first.close({ runBeforeUnload: false });
  await page.addInitScript(spoil);
  await page.goto(`${console.emulator.url}/#/instances/${ID}`);
  await page.getByText("A switchover was in progress").waitFor();
  await fillIn(page);
  return { page, text: await (await reported(page)).innerText() };
}

test("a switchover whose record is refused is not known, and stays to be found", async () => {
  const { page, text } = await foundBy(() => {
    const list = JSON.parse(localStorage["dcs-console.pending"] ?? "[]");
    for (const one of list) one.intent.version = 99;
    localStorage["dcs-console.pending"] = JSON.stringify(list);
  });
  assert.match(text, /^Not known/);
  assert.doesNotMatch(text, /Nothing was sent|changed no roles/);
  assert.match(await page.evaluate(() => localStorage["dcs-console.pending"]), /"intent"/);
});

test("a record that cannot be removed does not change what was found out", async () => {
  const { text } = await foundBy(() => {
    IDBObjectStore.prototype.delete = () => {
      throw new DOMException("The quota has been exceeded", "QuotaExceededError");
    };
  });
  assert.match(text, /^Swapped\s+Verified/);
});
