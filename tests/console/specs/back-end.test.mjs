// @ts-check
// The console with the package's own back end: no credential is in the page.
import { test } from "node:test";
import assert from "node:assert/strict";
import { AK, reported, swap } from "../support/console.mjs";
import { instanceId } from "../support/emulator.mjs";
import { room } from "../support/room.mjs";
import { startBackEnd } from "../support/servers.mjs";

const console = room(["--job-ms", "300"]);
const ID = instanceId(1);

/**
 * Opens the page of an instance beside a back end, for as long as it is used.
 * @param {Parameters<typeof startBackEnd>[1]} options
 * @param {(page: import("playwright-core").Page, backEnd: Awaited<ReturnType<typeof startBackEnd>>) => Promise<void>} use
 */
async function beside(options, use) {
  const backEnd = await startBackEnd(console.emulator.url, options);
  try {
    await use(await console.page(), backEnd);
  } finally {
    await backEnd.end();
  }
}

test("found by itself, it connects in one click, switches over, and names its user in the history", () =>
  beside({}, async (page, backEnd) => {
    /** @type {string[]} */
    const sent = [];
    page.on("request", (request) => sent.push(request.url(), JSON.stringify(request.headers())));
    await page.goto(`${backEnd.url}/#/instances/${ID}`);
    await page.getByText("The back end answers: you are li.lei.").waitFor();
    await page.locator("button[type=submit]").click();
    await page.locator(".session").getByText("li.lei").waitFor();
    await swap(page);
    assert.match(await (await reported(page)).innerText(), /^Swapped/);
    assert.deepEqual(
      backEnd.audited.map(({ user, outcome }) => [user, outcome]),
      [
        ["li.lei", "sending"],
        ["li.lei", "accepted"],
      ],
    );
    await page.keyboard.press("2");
    await page.locator(".line.swap").click();
    await page.getByText("Sent to your back end, which holds the credentials").waitFor();
    await page.keyboard.press("3");
    assert.match(await page.locator("tbody tr").innerText(), /li\.lei/);
    assert.ok(!sent.join("\n").includes(AK));
    assert.equal((await console.emulator.truth(ID)).swap_requests, 1);
  }));

test("one that lets its user only read offers no swap", () =>
  beside({ readOnly: true }, async (page, backEnd) => {
    await page.goto(`${backEnd.url}/#/instances/${ID}`);
    await page.getByText("This back end lets you read, not swap.").waitFor();
    await page.locator("button[type=submit]").click();
    await page.locator(".stage .refusal").getByText("lets you read, not swap").waitFor();
    assert.equal(await page.locator("[data-swap]").count(), 0);
    assert.equal(await page.locator(".many").count(), 0);
  }));

test("what it refuses is told as the back end's own, not as a policy of the service", () =>
  beside({ deny: true }, async (page, backEnd) => {
    await page.goto(`${backEnd.url}/#/instances/${ID}`);
    await page.getByText("The back end answers: you are li.lei.").waitFor();
    await page.locator("button[type=submit]").click();
    await swap(page);
    const text = await (await reported(page)).innerText();
    assert.match(text, /PROXY_FORBIDDEN/);
    assert.match(text, /This page’s own back end refused it, not the service/);
    assert.doesNotMatch(text, /dcs:instance:swap/);
    assert.equal((await console.emulator.truth(ID)).swap_requests, 0);
  }));
