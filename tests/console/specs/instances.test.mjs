// @ts-check
import { test } from "node:test";
import assert from "node:assert/strict";
import { connect, fillIn } from "../support/console.mjs";
import { instanceId } from "../support/emulator.mjs";
import { room } from "../support/room.mjs";

const console = room();

/** @param {import("playwright-core").Page} page @param {string} name */
const item = (page, name) => page.locator("#instances-list a", { hasText: name });

test("lists name, status, mode, and the zones of master and standby", async () => {
  const page = await console.page();
  await connect(page, console.emulator.url);
  await item(page, "dcs-emulator-1").locator(".zone.standby").waitFor();
  const text = await item(page, "dcs-emulator-1").innerText();
  assert.match(
    text,
    /RUNNING[\s\S]*Master\/standby[\s\S]*Master\s+cn-north-4a[\s\S]*Standby\s+cn-north-4b/,
  );
});

for (const [name, reason] of /** @type {[string, RegExp][]} */ ([
  ["dcs-single", /A single node has no standby/],
  ["dcs-cluster", /swapped shard by shard/],
  ["dcs-proxy", /swapped shard by shard/],
  ["dcs-restarting", /It is RESTARTING; only a RUNNING instance/],
  ["dcs-standby-down", /no active standby/],
])) {
  test(`${name} cannot be swapped and says why`, async () => {
    const page = await console.page();
    await connect(page, console.emulator.url);
    await item(page, name).scrollIntoViewIfNeeded();
    await item(page, name).filter({ hasText: reason }).waitFor();
    await item(page, name).click();
    await page.locator(".stage").getByText("This instance cannot be swapped").waitFor();
    assert.match(await page.locator(".refusal").innerText(), reason);
    assert.equal(await page.getByRole("button", { name: "Swap master and standby" }).count(), 0);
  });
}

test("an instance of read/write splitting can be swapped", async () => {
  const page = await console.page();
  await connect(page, console.emulator.url);
  await item(page, "dcs-rw-split").click();
  await page.getByRole("button", { name: "Swap master and standby" }).waitFor();
});

/** Waits until so many instances are shown. @param {import("playwright-core").Page} page @param {number} n */
const count = (page, n) =>
  page.waitForFunction((n) => document.querySelectorAll("#instances-list a").length === n, n);

test("filters by name, part of an id, address, zone, status and by whether it can be swapped", async () => {
  const page = await console.page();
  await connect(page, console.emulator.url);
  const total = 7;
  await count(page, total);
  const filter = page.locator("#filter");
  await page.keyboard.press("/");
  await page.keyboard.type("cluster");
  await count(page, 1);
  await filter.fill(instanceId(2));
  await count(page, 1);
  await item(page, "dcs-single").waitFor();
  await filter.fill("0000-4000-8000-000000000002");
  await count(page, 1);
  const ip = await page.locator(".item code").innerText();
  await filter.fill(ip.split(".").slice(1).join("."));
  await item(page, "dcs-single").waitFor();
  await filter.fill("nothing-like-it");
  await page.getByText("No instance matches.").waitFor();
  await filter.fill("");
  await count(page, total);
  await page.getByRole("combobox", { name: "Status" }).selectOption("RESTARTING");
  await count(page, 1);
  await page.getByRole("combobox", { name: "Status" }).selectOption("");
  await count(page, total);
  await item(page, "dcs-emulator-1").locator(".zone.standby").waitFor();
  await item(page, "dcs-standby-down").scrollIntoViewIfNeeded();
  await item(page, "dcs-standby-down").filter({ hasText: "no active standby" }).waitFor();
  await page.getByText("Swappable only").click();
  await count(page, 2);
  await page.getByText("Swappable only").click();
  await page.getByRole("combobox", { name: "Zone" }).selectOption("cn-north-4a");
  await page.waitForFunction(() => document.querySelectorAll("#instances-list a").length > 1);
});

/** Adds instances to the emulator. @param {number} from @param {number} to @param {(n: number) => object} [more] */
async function add(from, to, more = () => ({})) {
  for (let n = from; n < to; n++) {
    const one = { instance_id: instanceId(n), name: `more-${n}`, ...more(n) };
    await console.emulator.admin("instances", one);
  }
}

test("sorts all of them, and pages by a size that is a choice", async () => {
  await add(20, 60);
  const page = await console.page();
  await connect(page, console.emulator.url);
  await count(page, 47);
  assert.equal(await page.getByRole("button", { name: "Next page" }).count(), 0);
  await page.getByRole("combobox", { name: "Page size" }).selectOption("25");
  await page.getByText("1–25 of 47").waitFor();
  await page.getByRole("combobox", { name: "Order" }).selectOption("name-");
  await page.locator("#instances-list .name").first().filter({ hasText: "more-59" }).waitFor();
  // Rows out of sight are not painted, and have no inner text.
  const names = await page.locator("#instances-list .name").allTextContents();
  assert.deepEqual(names.slice(0, 3), ["more-59", "more-58", "more-57"]);
  // By its key: rows that come into sight are measured then, and may move it under the mouse.
  await page.getByRole("button", { name: "Next page" }).press("Enter");
  await page.getByText("26–47 of 47").waitFor();
  assert.ok(await page.getByRole("button", { name: "Next page" }).isDisabled());
  // The filter looks at every page.
  await page.locator("#filter").fill("more-59");
  await count(page, 1);
  await page.reload();
  await fillIn(page);
  await page.getByText("1–25 of 47").waitFor();
});

test("roles are read of the rows in sight, not of all", async () => {
  await add(20, 100);
  const page = await console.page({ viewport: { width: 1440, height: 600 } });
  await connect(page, console.emulator.url);
  await count(page, 87);
  await item(page, "dcs-emulator-1").locator(".zone.standby").waitFor();
  await page.waitForTimeout(500);
  const reads = async () =>
    (await console.emulator.admin("state?requests=500")).requests.filter((/** @type {any} */ one) =>
      /groups$/.test(one.path),
    ).length;
  const few = await reads();
  assert.ok(few > 0 && few < 40, `${few} reads of roles`);
  await item(page, "more-99").scrollIntoViewIfNeeded();
  await item(page, "more-99").locator(".zone.standby").waitFor();
});

test("the list is read again by itself while the page can be seen", async () => {
  const page = await console.page();
  await page.clock.install();
  await connect(page, console.emulator.url);
  await count(page, 7);
  await add(20, 21);
  await page.clock.runFor("00:31");
  await item(page, "more-20").waitFor();
});

test("refreshes, and tells of a failure with its remedy", async () => {
  const page = await console.page();
  await connect(page, console.emulator.url);
  const added = { instance_id: instanceId(20), name: "made-later" };
  await console.emulator.admin("instances", added);
  await page.getByRole("button", { name: "Refresh" }).click();
  await item(page, "made-later").waitFor();
  await console.emulator.fault("ListInstances", {
    kind: "status",
    status: 403,
    error_code: "DCS.3002",
    error_msg: "No permission.",
  });
  await page.keyboard.press("r");
  const problem = page.getByRole("alert").filter({ hasText: "could not be read" });
  await problem.waitFor();
  assert.match(await problem.innerText(), /DCS\.3002[\s\S]*Ask for a policy/);
  await problem.getByRole("button", { name: "Dismiss" }).click();
  await item(page, "made-later").waitFor();
});

test("roles that cannot be read are told in their row only", async () => {
  const page = await console.page();
  const match = { instance_id: instanceId(1) };
  await console.emulator.admin("faults", {
    match: { operation: "ListGroupReplicationInfo", ...match },
    times: 5,
    fault: { kind: "status", status: 403, error_code: "DCS.3002", error_msg: "No permission." },
  });
  await connect(page, console.emulator.url);
  await item(page, "dcs-emulator-1").filter({ hasText: "Its roles could not be read" }).waitFor();
  await item(page, "dcs-rw-split").locator(".zone.standby").waitFor();
});
