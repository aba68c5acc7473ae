// @ts-check
// Many at once: chosen by rows, by what matches, by zone; a plan first, then what was confirmed, and one report.
import { test } from "node:test";
import assert from "node:assert/strict";
import { connect, download, fillIn } from "../support/console.mjs";
import { instanceId } from "../support/emulator.mjs";
import { room } from "../support/room.mjs";

const console = room(["--job-ms", "100"]);

/** Adds instances to the emulator. @param {number} from @param {number} to @param {object} [more] */
async function add(from, to, more = {}) {
  for (let n = from; n < to; n++) {
    const one = { instance_id: instanceId(n), name: `cache-${n}`, ...more };
    await console.emulator.admin("instances", one);
  }
}

/** @param {import("playwright-core").Page} page @param {number} n */
const rows = (page, n) =>
  page.waitForFunction((n) => document.querySelectorAll("tbody tr").length === n, n);

const swapsRun = async () => {
  const { instances } = await console.emulator.admin("state");
  return Object.values(instances).reduce((sum, one) => sum + one.counters.swaps_run, 0);
};

test("from “zone cn-north-4a fails” to a confirmed plan for 40 instances in four actions", async () => {
  await add(20, 59);
  const away = { az_codes: ["cn-north-4b", "cn-north-4c"] };
  await add(60, 62, away);
  const page = await console.page();
  await connect(page, console.emulator.url);
  await page.locator(".many select").selectOption("cn-north-4a");
  await page.getByRole("heading", { name: "move every master out of cn-north-4a" }).waitFor();
  await rows(page, 40);
  await page.getByRole("button", { name: "Swap 40…" }).click({ timeout: 60_000 });
  const dialog = page.getByRole("dialog", { name: "Swap the masters of 40 instances?" });
  assert.match(await dialog.innerText(), /At most 4 at once[\s\S]*no further one begins/);
  await dialog.getByRole("button", { name: "Swap 40 now" }).click();
  await page.getByText("40 swapped, 0 not swapped, 0 unknown").waitFor({ timeout: 120_000 });
  assert.equal(await swapsRun(), 40);
  const report = JSON.parse(await download(page, "Download the report"));
  assert.deepEqual(report.aim, { kind: "away", zone: "cn-north-4a" });
  assert.equal(report.instances.length, 40);
  for (const one of report.instances) assert.equal(one.report.result, "swapped");
  // A second time nothing is left to do.
  await page.getByRole("link", { name: "Discard" }).click();
  await page.locator(".many select").selectOption("cn-north-4a");
  await page
    .getByText("0 would be swapped, 40 are where they shall be")
    .waitFor({ timeout: 60_000 });
  assert.ok(await page.getByRole("button", { name: "Swap 0…" }).isDisabled());
});

test("a plan of chosen rows says what each would do and why not, and swaps no more than that", async () => {
  await add(20, 22);
  await console.emulator.admin("instances", {
    instance_id: instanceId(30),
    name: "single",
    cache_mode: "single",
  });
  await console.emulator.admin("instances", {
    instance_id: instanceId(31),
    name: "closing",
    status: "CLOSING",
  });
  const page = await console.page();
  await connect(page, console.emulator.url);
  for (const name of ["cache-20", "single", "closing"]) {
    await page.getByRole("checkbox", { name: `Choose ${name}` }).check();
  }
  await page.getByRole("button", { name: "Plan for 3…" }).click();
  await page.getByText("1 would be swapped, 0 are where they shall be, 2 cannot").waitFor();
  const table = await page.locator("tbody").innerText();
  assert.match(table, /single[\s\S]*A single node has no standby/);
  assert.match(table, /closing[\s\S]*CLOSING/);
  await page.getByRole("button", { name: "Swap 1…" }).click();
  await page.getByRole("button", { name: "Swap 1 now" }).click();
  await page.getByText("1 swapped, 0 not swapped").waitFor({ timeout: 60_000 });
  assert.equal(await swapsRun(), 1);
});

test("all that match are chosen at once, over every page", async () => {
  await add(20, 60);
  const page = await console.page();
  await connect(page, console.emulator.url);
  await page.getByRole("combobox", { name: "Page size" }).selectOption("25");
  await page.locator("#filter").fill("cache-2");
  await page.getByRole("checkbox", { name: "All 10 that match" }).check();
  await page.locator("#filter").fill("");
  await page.getByRole("button", { name: "Plan for 10…" }).waitFor();
});

test("after a failure no further one begins, and the report says which were not begun", async () => {
  await add(20, 25);
  const page = await console.page();
  await connect(page, console.emulator.url);
  await page.getByRole("checkbox", { name: "All 6 that match" }).check();
  await page.getByRole("button", { name: "Plan for 6…" }).click();
  await page.getByRole("combobox", { name: "At once" }).selectOption("1");
  await console.emulator.admin("faults", {
    match: { operation: "ChangeMasterStandbyAsync", instance_id: instanceId(21) },
    fault: { kind: "status", status: 403, error_code: "DCS.3002", error_msg: "No." },
  });
  await page.getByRole("button", { name: "Swap 6…" }).click();
  await page.getByRole("button", { name: "Swap 6 now" }).click();
  await page
    .getByText("2 swapped, 1 not swapped, 0 unknown; 0 in progress, 0 waiting, 3 not started")
    .waitFor({ timeout: 60_000 });
  assert.equal(await swapsRun(), 2);
});

test("an instance whose master has moved since the plan is left alone", async () => {
  const page = await console.page();
  await connect(page, console.emulator.url);
  await page.getByRole("checkbox", { name: "Choose dcs-emulator-1" }).check();
  await page.getByRole("button", { name: "Plan for 1…" }).click();
  await page.getByText("1 would be swapped").waitFor();
  const other = await console.page();
  await connect(other, console.emulator.url.replace("127.0.0.1", "localhost"), instanceId(1));
  await other.locator("[data-swap]").click();
  await other.locator("dialog .danger").click();
  await other.locator(".report").waitFor();
  await page.getByRole("button", { name: "Swap 1…" }).click();
  await page.getByRole("button", { name: "Swap 1 now" }).click();
  await page.getByText("0 swapped, 1 not swapped").waitFor();
  assert.equal(await swapsRun(), 1);
});

test("a swap that was begun, and then no longer followed, is not told as not begun", async () => {
  await console.emulator.admin("instances", {
    instance_id: instanceId(1),
    name: "a-slow",
    job_ms: 4_000,
  });
  await add(20, 21);
  const page = await console.page();
  await connect(page, console.emulator.url);
  await page.getByRole("checkbox", { name: "All 2 that match" }).check();
  await page.getByRole("button", { name: "Plan for 2…" }).click();
  await page.getByRole("combobox", { name: "At once" }).selectOption("1");
  await page.getByRole("button", { name: "Swap 2…" }).click();
  await page.getByRole("button", { name: "Swap 2 now" }).click();
  await page.locator("tbody").getByText("Job", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Wipe credentials" }).click();
  await fillIn(page);
  await page.getByText("0 waiting, 1 not started. 1 no longer followed").waitFor();
  const row = page.getByRole("row", { name: /a-slow/ });
  await row.getByText("Begun, but no longer followed").waitFor();
  const { instances } = JSON.parse(await download(page, "Download the report"));
  assert.deepEqual(instances.map((/** @type {{ state: string }} */ one) => one.state).sort(), [
    "left",
    "skipped",
  ]);
});

test("a plan that has not begun is forgotten with the session", async () => {
  const page = await console.page();
  await connect(page, console.emulator.url);
  await page.getByRole("checkbox", { name: "Choose dcs-emulator-1" }).check();
  await page.getByRole("button", { name: "Plan for 1…" }).click();
  await page.getByText("1 would be swapped").waitFor();
  await page.getByRole("button", { name: "Wipe credentials" }).click();
  await fillIn(page);
  await page.getByText("Nothing is planned").waitFor();
});
