// @ts-check
import { test } from "node:test";
import assert from "node:assert/strict";
import { connect } from "../support/console.mjs";
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
    await item(page, name).filter({ hasText: reason }).waitFor();
    await item(page, name).click();
    await page.getByText("This instance cannot be swapped").waitFor();
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

test("filters by name, by id, by status and by whether it can be swapped", async () => {
  const page = await console.page();
  await connect(page, console.emulator.url);
  const count = (/** @type {number} */ n) =>
    page.waitForFunction((n) => document.querySelectorAll("#instances-list a").length === n, n);
  await count(7);
  await page.keyboard.press("/");
  await page.keyboard.type("cluster");
  await count(1);
  await page.locator("#filter").fill(instanceId(2));
  await count(1);
  await item(page, "dcs-single").waitFor();
  await page.locator("#filter").fill("nothing-like-it");
  await page.getByText("No instance matches.").waitFor();
  await page.locator("#filter").fill("");
  await count(7);
  await page.getByRole("combobox", { name: "Status" }).selectOption("RESTARTING");
  await count(1);
  await page.getByRole("combobox", { name: "Status" }).selectOption("");
  await count(7);
  await page.getByText("Only those that can be swapped").click();
  await count(2);
});

test("pages through many, and reads each page's roles", async () => {
  for (let n = 20; n < 40; n++) {
    await console.emulator.admin("instances", { instance_id: instanceId(n), name: `more-${n}` });
  }
  const page = await console.page();
  await connect(page, console.emulator.url);
  await page.getByText("1–12 of 27").waitFor();
  await page.getByRole("button", { name: "Next page" }).click();
  await page.getByText("13–24 of 27").waitFor();
  await page.getByRole("button", { name: "Next page" }).click();
  await page.getByText("25–27 of 27").waitFor();
  await item(page, "more-39").locator(".zone.standby").waitFor();
  assert.ok(await page.getByRole("button", { name: "Next page" }).isDisabled());
  await page.getByRole("button", { name: "Previous page" }).click();
  await page.getByText("13–24 of 27").waitFor();
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
  assert.match(await problem.innerText(), /DCS\.3002[\s\S]*ask for a policy/);
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
