// @ts-check
// Every way in which a switchover can end, in words that claim what is proven and no more.
import { test } from "node:test";
import assert from "node:assert/strict";
import { connect, reported, swap } from "../support/console.mjs";
import { instanceId } from "../support/emulator.mjs";
import { room } from "../support/room.mjs";
import { source } from "../support/source.mjs";

const console = room(["--variety", "--job-ms", "300"]);
const ID = instanceId(1);

const { endingOf } = await source("state/ending.ts");
/** @type {Record<string, string>} */
const en = (await source("i18n/en.ts")).en;

const RESULTS = ["swapped", "already", "not swapped", "unknown"];
const DOUBTS = [undefined, "lost", "busy", "refusal_not_known", "unusable_answer", "late"];

test("every result with every doubt has texts, and those of two doubts differ", () => {
  for (const result of RESULTS) {
    const said = new Set();
    for (const doubt of DOUBTS) {
      for (const outcome of ["not_sent", "rejected", "unknown", "accepted"]) {
        const ending = endingOf({ result, doubt, outcome });
        for (const key of [ending.title, ...ending.text, ...ending.todo]) assert.ok(en[key], key);
      }
      said.add(en[endingOf({ result, doubt, outcome: "unknown" }).title]);
    }
    assert.equal(said.size, result === "already" ? 1 : DOUBTS.length, result);
  }
});

test("a doubt that this page does not know is no lost answer", () => {
  const ending = endingOf({ result: "unknown", doubt: "of-tomorrow", outcome: "unknown" });
  assert.equal(ending.title, "end.unknown");
});

/** @type {[string, string, { kind: string, [field: string]: unknown }][]} */
const UNSEEN = [
  ["ends FAIL", "ChangeMasterStandbyAsync", { kind: "job_status", status: "FAIL" }],
  ["has no status", "ChangeMasterStandbyAsync", { kind: "job_status", status: null }],
  ["cannot be read", "ShowJobInfo", { kind: "status", status: 403, error_code: "DCS.4103" }],
];
for (const [what, operation, fault] of UNSEEN) {
  test(`of a swap whose job ${what} the page does not say that the job succeeded`, async () => {
    const page = await console.page();
    await connect(page, console.emulator.url, ID);
    await console.emulator.fault(operation, fault, { times: 20 });
    await swap(page);
    const text = await (await reported(page)).innerText();
    assert.match(text, /^Swapped/);
    assert.doesNotMatch(text, /job succeeded/i);
  });
}

test("stopped before the swap was sent, no check is said to have failed", async () => {
  const page = await console.page();
  await connect(page, console.emulator.url, ID);
  await page.locator("[data-swap]").click();
  await page.locator("dialog .exchange").waitFor();
  await console.emulator.fault("ShowInstance", { kind: "hang", when: "before" });
  await page.locator("dialog .danger").click();
  await page.getByRole("button", { name: "Stop following" }).click();
  const text = await (await reported(page)).innerText();
  assert.match(text, /^Nothing was sent: stopped before the swap/);
  assert.doesNotMatch(text, /check/i);
  assert.equal((await console.emulator.truth(ID)).swap_requests, 0);
});

for (const [
  what,
  fault,
  title,
  never,
] of /** @type {[string, { kind: string, [field: string]: unknown }, RegExp, RegExp][]} */ ([
  [
    "busy",
    { kind: "status", status: 400, error_code: "DCS.4096", error_msg: "Busy.", when: "after" },
    /^The roles have changed; the service had said busy/,
    /never arrived|ran, once/,
  ],
  [
    "a 500",
    { kind: "status", status: 500, when: "after" },
    /^The roles have changed; the answer was inconclusive/,
    /never arrived|ran, once/,
  ],
])) {
  test(`after ${what} the page does not say that no answer came, nor who did it`, async () => {
    const page = await console.page();
    await connect(page, console.emulator.url, ID);
    await console.emulator.fault("ChangeMasterStandbyAsync", fault);
    await swap(page);
    const text = await (await reported(page)).innerText();
    assert.match(text, title);
    assert.doesNotMatch(text, never);
    assert.equal((await console.emulator.truth(ID)).swaps_run, 1);
  });
}

test("a captive portal's page is told as an answer that is none of the service's", async () => {
  const page = await console.page();
  await page.clock.install();
  await connect(page, console.emulator.url, ID);
  await console.emulator.fault("ChangeMasterStandbyAsync", { kind: "html" });
  await swap(page);
  for (let n = 0; n < 120 && (await page.locator(".report").count()) === 0; n++) {
    await page.clock.runFor(1_000);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  const text = await page.locator(".report").innerText();
  assert.match(text, /the answer was inconclusive/);
  assert.match(text, /sign-in page of the network/);
  assert.doesNotMatch(text, /never arrived/);
});

test("a job that failed is told at once, while the roles are still read", async () => {
  const page = await console.page();
  await page.clock.install();
  await connect(page, console.emulator.url, ID);
  await console.emulator.fault("ChangeMasterStandbyAsync", {
    kind: "job_fail",
    reason: "no quorum",
  });
  await swap(page);
  await page
    .locator(".job code")
    .waitFor({ state: "attached" })
    .catch(() => undefined);
  for (let n = 0; n < 8 && (await page.locator(".job-failed").count()) === 0; n++) {
    await page.clock.runFor(500);
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  await page.locator(".job-failed").getByText("The job failed: no quorum.").waitFor();
  assert.match(await page.locator(".sr-only > [role=alert]").innerText(), /The job failed/);
});

test("the result is under the title, and in sight when it comes", async () => {
  const page = await console.page({ viewport: { width: 1280, height: 720 } });
  await connect(page, console.emulator.url, ID);
  await swap(page);
  const report = await reported(page);
  const box = await report.boundingBox();
  const title = await page.locator("#stage-title").boundingBox();
  assert.ok(box && title && box.y < 400 && box.y > title.y, JSON.stringify({ box, title }));
  assert.equal(await page.evaluate(() => document.activeElement?.id), "report-title");
});
