// @ts-check
import { test } from "node:test";
import assert from "node:assert/strict";
import { connect, reported, swap } from "../support/console.mjs";
import { instanceId } from "../support/emulator.mjs";
import { room } from "../support/room.mjs";
import { source } from "../support/source.mjs";

const console = room(["--variety", "--job-ms", "300"]);

const { toCsv, toJson } = await source("state/export.ts");

const entry = {
  at: Date.UTC(2026, 0, 2, 3, 4, 5),
  id: "1",
  name: '=HYPERLINK("x"), "quoted"',
  who: "AKID…0001",
  region: "cn-north-4",
  projectId: "0123456789abcdef0123456789abcdef",
  where: "cn-north-4",
  stopped: false,
  requestIds: ["req-1"],
  report: {
    instanceId: "00000000-0000-4000-8000-000000000001",
    result: "swapped",
    verified: true,
    outcome: "accepted",
    reason: "line\nbreak",
    durationMs: 1234,
    attempts: { swap: 1, reads: 4 },
    doubt: "busy",
    before: [{ nodeId: "a", role: "master", status: "Active", ip: "10.0.0.1", azCode: "z1" }],
    after: [{ nodeId: "b", role: "master", status: "Active", ip: "10.0.0.2", azCode: "z2" }],
  },
};

test("a CSV begins with a byte order mark, quotes its cells and runs no formula", () => {
  const csv = toCsv([entry]);
  assert.equal(csv.charCodeAt(0), 0xfeff);
  const [head, ...rows] = csv.slice(1).split("\r\n");
  assert.match(head, /^"time","who","region","project","where","instance","name","result"/);
  assert.match(rows[0], /^"2026-01-02T03:04:05.000Z","AKID…0001","cn-north-4","0123/);
  assert.ok(rows[0].includes(`"'=HYPERLINK(""x""), ""quoted"""`));
  assert.ok(
    rows[0].includes('"swapped","true","accepted","busy","10.0.0.1 z1","10.0.0.2 z2","1234"'),
  );
  assert.ok(rows[0].includes('"req-1"'));
});

for (const start of ["=", "+", "-", "@", "\t=", " =", "\r="]) {
  test(`a cell that begins with ${JSON.stringify(start)} is text`, () => {
    assert.ok(toCsv([{ ...entry, name: `${start}1` }]).includes(`"'${start}1"`));
  });
}

test("the JSON holds the whole report", () => {
  const [parsed] = JSON.parse(toJson([entry]));
  assert.equal(parsed.at, "2026-01-02T03:04:05.000Z");
  assert.deepEqual(parsed.report, entry.report);
});

/** Swaps once, and opens the history. @param {import("playwright-core").Page} page */
async function swapped(page) {
  await connect(page, console.emulator.url, instanceId(1));
  await swap(page);
  await reported(page);
  await page.getByRole("link", { name: /History/ }).click();
  await page.locator("tbody tr").waitFor();
}

test("the history survives a reload, is shared by tabs, and its rows open the report", async () => {
  const page = await console.page();
  await swapped(page);
  const other = await page.context().newPage();
  await other.goto(`${console.emulator.url}/#/history`);
  await other.locator("tbody tr").waitFor();
  await page.reload();
  const row = page.locator("tbody tr");
  await row.waitFor();
  assert.match(
    await row.innerText(),
    /dcs-emulator-1[\s\S]*cn-north-4[\s\S]*192\.168\.101\.10[\s\S]*→[\s\S]*192\.168\.101\.11[\s\S]*EMUL…0001/,
  );
  await row.getByRole("link", { name: "dcs-emulator-1" }).click();
  const report = page.locator(".report");
  await report.waitFor();
  assert.match(await report.innerText(), /^Swapped[\s\S]*Request ID of the swap\s+\S{8,}/);
  assert.equal(await report.getByRole("button", { name: "Dismiss" }).count(), 0);
});

test("the history can be wiped, in every tab, and asks once more before", async () => {
  const page = await console.page();
  await swapped(page);
  const other = await page.context().newPage();
  await other.goto(`${console.emulator.url}/#/history`);
  await other.locator("tbody tr").waitFor();
  await page.getByRole("button", { name: "Wipe the history" }).click();
  assert.equal(await page.locator("tbody tr").count(), 1);
  await page.getByRole("button", { name: "Wipe it for good" }).click();
  await page.getByText("No switchover yet.").waitFor();
  await other.getByText("No switchover yet.").waitFor();
  await page.reload();
  await page.getByText("No switchover yet.").waitFor();
});

test("how long it is kept is a choice: what is older goes, and none is kept of this tab only", async () => {
  const page = await console.page();
  await swapped(page);
  await page.evaluate(
    () =>
      new Promise((resolve) => {
        const open = indexedDB.open("dcs-console", 1);
        open.onsuccess = () => {
          const store = open.result
            .transaction("switchovers", "readwrite")
            .objectStore("switchovers");
          const all = store.getAll();
          all.onsuccess = () => {
            const [one] = all.result;
            for (const days of [20, 40]) {
              store.put({
                ...one,
                id: `old-${days}`,
                name: `old-${days}`,
                at: Date.now() - days * 86_400_000,
              });
            }
          };
          store.transaction.oncomplete = () => (open.result.close(), resolve(undefined));
        };
      }),
  );
  await page.reload();
  await page.getByRole("link", { name: "old-20" }).waitFor();
  assert.equal(await page.getByText("old-40").count(), 0);
  await page.getByRole("combobox", { name: "Keep for" }).selectOption("7");
  await page.getByRole("link", { name: "old-20" }).waitFor({ state: "detached" });
  await page.getByRole("combobox", { name: "Keep for" }).selectOption("0");
  assert.equal(await page.locator("tbody tr").count(), 1, "this tab goes on showing its own");
  await page.reload();
  await page.getByText("No switchover yet.").waitFor();
});
