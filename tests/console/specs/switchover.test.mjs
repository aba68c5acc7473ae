// @ts-check
import { test } from "node:test";
import assert from "node:assert/strict";
import {
  AK,
  SK,
  connect,
  download,
  fillEndpoint,
  fillIn,
  reported,
  swap,
} from "../support/console.mjs";
import { instanceId } from "../support/emulator.mjs";
import { room } from "../support/room.mjs";

const console = room(["--variety", "--job-ms", "600"]);
const ID = instanceId(1);

/** The ids of the nodes that the picture shows as masters. @param {import("playwright-core").Page} page */
const masters = (page) =>
  page
    .locator(".node.master .state code")
    .evaluateAll((all) => all.map((one) => one.getAttribute("title") ?? ""));

/** @param {import("playwright-core").Page} page */
const kept = (page) =>
  page.evaluate(() => JSON.parse(localStorage.getItem("dcs-console.pending") ?? "[]"));

test("swaps once, shows it, verifies it, and remembers it", async () => {
  const page = await console.page({ permissions: ["clipboard-read", "clipboard-write"] });
  await connect(page, console.emulator.url, ID);
  const before = await masters(page);
  await swap(page);
  await page.getByText("Roles in motion").waitFor();
  const report = await reported(page);
  const text = await report.innerText();
  assert.match(text, /^Swapped\s+Verified: the roles were read again\./);
  assert.match(text, /1 for the swap/);
  const truth = await console.emulator.truth(ID);
  assert.deepEqual([truth.swap_requests, truth.swaps_run], [1, 1]);
  const after = await masters(page);
  assert.equal(after.length, 1);
  assert.notDeepEqual(after, before);
  assert.match(after[0] ?? "", new RegExp(truth.master));

  const phases = await page.locator(".stretch .phase strong").allInnerTexts();
  assert.deepEqual(phases, ["Check", "Swap", "Job", "Verify", "Done"]);
  const starts = await page.locator(".stretch .at").allInnerTexts();
  const times = starts.map((start) => Number(/\+([\d.]+)/.exec(start)?.[1]));
  assert.deepEqual(
    times,
    [...times].sort((a, b) => a - b),
  );

  await report.getByRole("button", { name: "Copy as JSON" }).click();
  const copied = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  assert.equal(copied.result, "swapped");
  assert.equal(copied.verified, true);
  assert.equal(copied.job.status, "SUCCESS");
  assert.deepEqual(await kept(page), [], "nothing is kept once it has ended");

  await page.getByRole("link", { name: /History/ }).click();
  const row = page.getByRole("row").nth(1);
  assert.match(await row.innerText(), /dcs-emulator-1[\s\S]*Swapped[\s\S]*yes/);
  assert.match(await row.innerText(), /EMUL…0001/);
  const json = JSON.parse(await download(page, "Export JSON"));
  assert.deepEqual(json[0].report, copied);
  assert.equal(json[0].requestIds.length, 1);
  assert.match(await download(page, "Export CSV"), new RegExp(`"${ID}".*"swapped","true"`));
});

test("says what will happen, and sends nothing when it is called off", async () => {
  const page = await console.page();
  await connect(page, console.emulator.url, ID);
  for (const way of ["Cancel", "Escape"]) {
    await page.getByRole("button", { name: "Swap master and standby" }).click();
    const dialog = page.getByRole("dialog", { name: "Swap the nodes of dcs-emulator-1?" });
    await dialog.locator(".exchange").waitFor();
    const text = await dialog.innerText();
    assert.match(text, /up to 30 seconds/);
    assert.match(text, /newest writes may be lost/);
    assert.match(text, new RegExp(`PUT …/instances/${ID}/async-swap`));
    if (way === "Escape") await page.keyboard.press("Escape");
    else await dialog.getByRole("button", { name: way }).click();
    await dialog.waitFor({ state: "detached" });
  }
  assert.equal((await console.emulator.truth(ID)).swap_requests, 0);
  const focused = await page.evaluate(() => document.activeElement?.textContent);
  assert.match(focused ?? "", /Swap master and standby/, "the keyboard is given back");
});

test("a lost answer: the roles are read, and the swap is not sent again", async () => {
  const page = await console.page();
  // Another origin than the endpoint's, which for once does not let the page read its answer.
  await page.goto(console.emulator.url.replace("127.0.0.1", "localhost"));
  await fillEndpoint(page, console.emulator.url);
  await page.locator("input[name=ak]").fill(AK);
  await page.locator("input[name=sk]").fill(SK);
  await page.locator("button[type=submit]").click();
  await page.locator("#instances-list a", { hasText: "dcs-emulator-1" }).click();
  await console.emulator.fault("ChangeMasterStandbyAsync", { kind: "no_cors", preflight: false });
  await swap(page);
  const text = await (await reported(page)).innerText();
  assert.match(text, /^Swapped, though the answer was lost\s+Verified/);
  assert.match(text, /Do not swap again: that would swap back/);
  assert.match(text, /never arrived/);
  const truth = await console.emulator.truth(ID);
  assert.deepEqual([truth.swap_requests, truth.swaps_run], [1, 1]);
});

test("a lost answer to a swap that never ran: the roles are read until time is up", async () => {
  const page = await console.page();
  await page.clock.install();
  await connect(page, console.emulator.url, ID);
  const fault = { kind: "status", status: 502, when: "before" };
  await console.emulator.fault("ChangeMasterStandbyAsync", fault);
  await swap(page);
  await page.locator(".stretch", { hasText: "Find out" }).waitFor();
  for (let n = 0; n < 90 && (await page.locator(".report").count()) === 0; n++) {
    await page.clock.runFor(1_000);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  const text = await page.locator(".report").innerText();
  assert.match(text, /^Not swapped; the answer was inconclusive\s+Verified/);
  assert.match(text, /Read the roles once more before you decide/);
  assert.equal((await console.emulator.truth(ID)).swaps_run, 0);
});

test("what could not be shown is said to be unknown, with what to do", async () => {
  const page = await console.page();
  await console.emulator.admin("instances", { instance_id: ID, name: "slow", job_ms: 6_000 });
  await connect(page, console.emulator.url, ID);
  await swap(page);
  await page.locator(".job code").waitFor();
  const refused = {
    kind: "status",
    status: 403,
    error_code: "DCS.3002",
    error_msg: "Not allowed.",
  };
  for (const operation of ["ShowJobInfo", "ListGroupReplicationInfo", "ShowInstance"]) {
    await console.emulator.fault(operation, refused, { times: 50 });
  }
  const text = await (await reported(page)).innerText();
  assert.match(text, /^Not known[\s\S]*Not verified\./);
  assert.match(text, /Do not swap again yet/);
  assert.match(text, /DCS\.3002/);
  await console.emulator.admin("reset", {});
  await page.getByRole("button", { name: "Read the roles" }).click();
  await page.waitForFunction(() => document.querySelectorAll(".node.master").length === 1);
});

test("a job that fails is told with its reason", async () => {
  const page = await console.page();
  await connect(page, console.emulator.url, ID);
  await page.evaluate(() => undefined);
  await console.emulator.fault("ChangeMasterStandbyAsync", {
    kind: "job_fail",
    reason: "disk on fire",
  });
  await page.clock.install();
  await swap(page);
  for (let n = 0; n < 120 && (await page.locator(".report").count()) === 0; n++) {
    await page.clock.runFor(1_000);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  const text = await page.locator(".report").innerText();
  assert.match(text, /^The job failed\s+Verified/);
  assert.match(text, /disk on fire/);
  assert.equal((await console.emulator.truth(ID)).swaps_run, 0);
});

test("a refusal of the service comes with code, request id and remedy", async () => {
  const page = await console.page();
  await connect(page, console.emulator.url, ID);
  await console.emulator.fault("ChangeMasterStandbyAsync", {
    kind: "status",
    status: 400,
    error_code: "DCS.4086",
    error_msg: "This operation is not supported.",
  });
  await swap(page);
  const text = await (await reported(page)).innerText();
  assert.match(text, /^Refused/);
  assert.match(text, /DCS\.4086/);
  assert.match(text, /HTTP status\s+400/);
  assert.match(text, /Request ID\s+\S{8,}/);
  assert.match(text, /only master\/standby and read\/write-splitting/);
  assert.equal((await console.emulator.truth(ID)).swaps_run, 0);
});

test("a check that fails sends nothing", async () => {
  const page = await console.page();
  await connect(page, console.emulator.url, ID);
  await page.locator("[data-swap]").click();
  await page.locator("dialog .exchange").waitFor();
  // Since the dialog was opened the instance has begun to restart.
  await console.emulator.admin("instances", { instance_id: ID, status: "RESTARTING" });
  await page.locator("dialog .danger").click();
  const text = await (await reported(page)).innerText();
  assert.match(text, /^Nothing was sent/);
  assert.match(text, /RESTARTING/);
  assert.equal((await console.emulator.truth(ID)).swap_requests, 0);
});

test("following can be stopped, and the report says what is known", async () => {
  const page = await console.page();
  await console.emulator.admin("instances", { instance_id: ID, name: "slow", job_ms: 3_000 });
  await connect(page, console.emulator.url, ID);
  await swap(page);
  await page.locator(".stretch", { hasText: "followed to its end" }).waitFor();
  await page.getByRole("button", { name: "Stop following" }).click();
  const text = await (await reported(page)).innerText();
  assert.match(text, /^No longer followed\s+Not verified/);
  assert.match(text, /accepted/);
});

test("a switchover survives a reload: its job is found again and its roles are read", async () => {
  const page = await console.page();
  page.on("dialog", (dialog) => void dialog.accept());
  await console.emulator.admin("instances", { instance_id: ID, name: "slow", job_ms: 4_000 });
  await connect(page, console.emulator.url, ID);
  const [before] = await masters(page);
  await swap(page);
  await page.locator(".job code").waitFor();
  const job = await page.locator(".job code").innerText();
  await page.reload();

  const [values] = await kept(page);
  assert.equal(values.intent.jobId, job);
  for (const secret of [AK, SK]) assert.ok(!JSON.stringify(values).includes(secret));
  await page.getByText("A switchover was in progress").waitFor();
  assert.equal(await page.locator("input[name=endpoint]").inputValue(), console.emulator.url);
  assert.equal(await page.locator("input[name=sk]").inputValue(), "");
  await fillIn(page);

  const text = await (await reported(page)).innerText();
  assert.match(text, /^Swapped\s+Verified/);
  assert.match(text, new RegExp(job));
  await page.getByText("Found again", { exact: true }).waitFor();
  const [after] = await masters(page);
  assert.notEqual(after, before);
  const truth = await console.emulator.truth(ID);
  assert.deepEqual([truth.swap_requests, truth.swaps_run], [1, 1]);
  assert.deepEqual(await kept(page), []);
});

test("a reload before the answer to the swap: the roles tell", async () => {
  const page = await console.page();
  page.on("dialog", (dialog) => void dialog.accept());
  await connect(page, console.emulator.url, ID);
  await console.emulator.fault("ChangeMasterStandbyAsync", {
    kind: "hang",
    when: "after",
  });
  await swap(page);
  await page.locator(".stretch", { hasText: "sent once" }).waitFor();
  await page.waitForFunction(() => localStorage["dcs-console.pending"]?.includes('"swap"'));
  await new Promise((resolve) => setTimeout(resolve, 300));
  await page.reload();
  await fillIn(page);
  const text = await (await reported(page)).innerText();
  assert.match(text, /^Swapped, though the answer was lost\s+Verified/);
  const truth = await console.emulator.truth(ID);
  assert.deepEqual([truth.swap_requests, truth.swaps_run], [1, 1]);
});

test("what a reload left can be forgotten", async () => {
  const page = await console.page();
  page.on("dialog", (dialog) => void dialog.accept());
  await console.emulator.admin("instances", { instance_id: ID, name: "slow", job_ms: 4_000 });
  await connect(page, console.emulator.url, ID);
  await swap(page);
  await page.locator(".job code").waitFor();
  await page.reload();
  await page.getByRole("button", { name: "Discard" }).click();
  await page.getByText("A switchover was in progress").waitFor({ state: "detached" });
  assert.deepEqual(await kept(page), []);
});

test("wiping credentials in mid-switchover is told and leaves the swap alone", async () => {
  const page = await console.page();
  await console.emulator.admin("instances", { instance_id: ID, name: "slow", job_ms: 2_000 });
  await connect(page, console.emulator.url, ID);
  await swap(page);
  await page.locator(".job code").waitFor();
  await page.getByRole("button", { name: "Wipe credentials" }).click();
  await page.getByText("Credentials were wiped from memory.").waitFor();
  await page.getByText("A switchover was in progress").waitFor();
  await fillIn(page);
  const text = await (await reported(page)).innerText();
  assert.match(text, /^Swapped\s+Verified/);
  assert.equal((await console.emulator.truth(ID)).swaps_run, 1);
});

test("the node that the dialog names is what is held to: one more standby, and nothing is sent", async () => {
  const page = await console.page();
  await connect(page, console.emulator.url, ID);
  await page.locator("[data-swap]").click();
  await page.locator("dialog .exchange").waitFor();
  await console.emulator.admin(`instances/${ID}/nodes`, { az_code: "cn-north-4c" });
  await page.locator("dialog .danger").click();
  assert.match(await (await reported(page)).innerText(), /^Nothing was sent/);
  assert.equal((await console.emulator.truth(ID)).swap_requests, 0);
});

for (const width of [320, 768, 1440]) {
  test(`a long name without a hyphen hides no master in the dialog, ${width} pixels wide`, async () => {
    const name = "prod_payments_settlement_ledger_session_cache_primary_eu_west";
    await console.emulator.admin("instances", { instance_id: ID, name });
    const page = await console.page({ viewport: { width, height: 720 } });
    await connect(page, console.emulator.url, ID);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= width, `the page is ${wide} wide`);
    await page.locator("[data-swap]").click();
    await page.locator("dialog .exchange").waitFor();
    const { left, right, over } = await page.evaluate(() => {
      const body = document.querySelector(".dialog-body");
      const box = document.querySelector(".exchange .master")?.getBoundingClientRect();
      const over = (body?.scrollWidth ?? 0) - (body?.clientWidth ?? 0);
      return { left: box?.left ?? -1, right: box?.right ?? Infinity, over };
    });
    assert.ok(left >= 0 && right <= width && over <= 0, JSON.stringify({ left, right, over }));
  });
}
