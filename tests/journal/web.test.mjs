// @ts-check
// The journal of a page's origin, in Chromium: its tabs and workers, a page that is closed, a browser that stores nothing.
import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { FLAGS, PROGRAM } from "../chromium.mjs";
import { WORK, installTools } from "../matrix/lib/workshop.mjs";
import { KEY, accepted, record } from "./support/record.mjs";

const MODULES = fileURLToPath(new URL("../../pkg-template/lib/", import.meta.url));
const SUPPORT = fileURLToPath(new URL("support/", import.meta.url));

/** What tests/journal/support/journal-worker.mjs is given. */
const ORDER = { module: "/journal-worker.mjs", key: KEY, record: record("") };

/** @type {any} */
let browser;
/** @type {import("node:http").Server} */
let server;
let url = "";

before(async () => {
  await installTools();
  const { chromium } = createRequire(join(WORK, "package.json"))("playwright-core");
  browser = await chromium.launch({ executablePath: PROGRAM, args: FLAGS });
  server = createServer(({ url: asked = "/" }, response) => {
    const path = asked.replace(/\.\./g, "");
    if (!path.endsWith(".mjs")) {
      const page = path === "/sandboxed" ? '<iframe sandbox="allow-scripts" src="/"></iframe>' : "";
      response.writeHead(200, { "Content-Type": "text/html" }).end(`<!doctype html>${page}`);
      return;
    }
    const file = path === "/journal-worker.mjs" ? join(SUPPORT, path) : join(MODULES, path);
    response.writeHead(200, {
      "Content-Type": "text/javascript",
      "Access-Control-Allow-Origin": "*",
    });
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  url = `http://127.0.0.1:${port}`;
});

after(async () => {
  await browser?.close();
  server.closeAllConnections();
  server.close();
});

/** A profile of its own, and so many tabs in it. @param {import("node:test").TestContext} t @param {number} count */
async function tabs(t, count) {
  const context = await browser.newContext();
  t.after(() => context.close());
  const pages = [];
  for (let at = 0; at < count; at += 1) {
    const page = await context.newPage();
    await page.goto(url);
    pages.push(page);
  }
  return pages;
}

/**
 * Does something with a journal in a page; what it rejects with is told as text.
 * @param {any} page A page or a frame. @param {(journal: any, given: any) => unknown} work @param {unknown} [given]
 * @param {object} [options]
 */
const use = (page, work, given, options) =>
  page.evaluate(
    async (/** @type {any[]} */ [module, text, given, options]) => {
      const { webJournal } = await import(module);
      try {
        return await (0, eval)(text)(webJournal(options), given);
      } catch (error) {
        const { message, record } = /** @type {any} */ (error);
        return { message, record };
      }
    },
    [`${url}/journal.mjs`, `(${work})`, given, options],
  );

const write = (/** @type {any} */ journal, /** @type {any} */ [key, record]) =>
  journal.write(key, record);
const read = (/** @type {any} */ journal, /** @type {any} */ key) => journal.read(key);
const remove = (/** @type {any} */ journal, /** @type {any} */ key) => journal.remove(key);

test("a record is read as it was written, also in a tab that is opened later", async (t) => {
  const [first, second] = await tabs(t, 2);
  assert.equal(await use(first, read, KEY), undefined);
  assert.equal(await use(first, write, [KEY, record("a")]), undefined);
  assert.deepEqual(await use(second, read, KEY), record("a"));
  await use(first, write, [KEY, accepted("a")]);
  await first.close();
  assert.deepEqual(await use(second, read, KEY), accepted("a"));
  await use(second, remove, KEY);
  assert.equal(await use(second, read, KEY), undefined);
});

test("a record of another switchover is not written over, and comes with the error", async (t) => {
  const [first, second] = await tabs(t, 2);
  await use(first, write, [KEY, accepted("a")]);
  const { message, record: found } = await use(second, write, [KEY, record("b")]);
  assert.match(message, /^journal: a switchover of .* has a record already/);
  assert.deepEqual(found, accepted("a"));
});

test("removing ends the switchover that this journal had to do with, and no later one", async (t) => {
  const [page] = await tabs(t, 1);
  const left = await page.evaluate(
    async (/** @type {any[]} */ [module, key, a, b]) => {
      const { webJournal } = await import(module);
      const [first, resumer, later] = [webJournal(), webJournal(), webJournal()];
      await first.write(key, a);
      await resumer.read(key);
      await resumer.remove(key);
      await later.write(key, b);
      await first.remove(key);
      return (await later.read(key))?.id;
    },
    [`${url}/journal.mjs`, KEY, record("a"), record("b")],
  );
  assert.equal(left, "b");
});

test("two tabs and a worker that begin at once exclude each other, round after round", async (t) => {
  const pages = await tabs(t, 3);
  const race = (/** @type {any} */ page, /** @type {string} */ name, inWorker = false) =>
    page.evaluate(
      (/** @type {any[]} */ [order, inWorker]) => {
        if (!inWorker) return import(order.module).then(({ race }) => race(order));
        const worker = new Worker(order.module, { type: "module" });
        return new Promise((resolve, reject) => {
          worker.onmessage = ({ data }) => resolve(data);
          worker.onerror = ({ message }) => reject(new Error(message));
          worker.postMessage(order);
        });
      },
      [{ ...ORDER, name, ms: 3000 }, inWorker],
    );
  const told = await Promise.all([
    race(pages[0], "a"),
    race(pages[1], "b"),
    race(pages[2], "c", true),
  ]);
  t.diagnostic(JSON.stringify(told));
  for (const { begun, faults } of told) {
    assert.deepEqual(faults, []);
    assert.ok(begun > 0);
  }
  assert.ok(told.some(({ refused }) => refused > 0));
});

test("a tab that is closed at work leaves a record or none, and nothing in the way", async (t) => {
  const [stays] = await tabs(t, 1);
  let found = 0;
  for (let round = 0; round < 10; round += 1) {
    const page = await stays.context().newPage();
    await page.goto(url);
    const working = page
      .evaluate(
        (/** @type {any} */ order) => import(order.module).then(({ race }) => race(order)),
        { ...ORDER, name: `r${round}`, ms: 60_000 },
      )
      .catch(() => {});
    // Once it has begun.
    while ((await use(stays, read, KEY)) === undefined);
    await new Promise((resolve) => setTimeout(resolve, round * 2));
    await page.close();
    await working;
    const left = await use(stays, read, KEY);
    if (left !== undefined) {
      found += 1;
      assert.match(left.id, new RegExp(`^r${round}-`));
    }
    await use(stays, remove, KEY);
    assert.equal(await use(stays, write, [KEY, record("next")]), undefined);
    await use(stays, remove, KEY);
  }
  t.diagnostic(`${found} of 10 left a record`);
});

/** @type {[string, string, RegExp][]} */
const SPOILED = [
  [
    "a text that is cut short",
    '{"format":"huaweicloud-dcs journal"',
    /is cut short, or is not JSON/,
  ],
  ["what another program keeps there", '{"a":1}', /was not written by this package/],
  [
    "a record of a later version",
    JSON.stringify({
      format: "huaweicloud-dcs journal",
      key: KEY,
      record: { ...record("a"), version: 2 },
    }),
    /newer version/,
  ],
];

for (const [what, text, message] of SPOILED) {
  test(`${what} is an error that names it, and never no record`, async (t) => {
    const [page] = await tabs(t, 1);
    await use(page, read, KEY);
    await page.evaluate(
      (/** @type {string[]} */ [key, text]) =>
        new Promise((resolve) => {
          indexedDB.open("huaweicloud-dcs").onsuccess = ({ target }) => {
            const { result } = /** @type {IDBOpenDBRequest} */ (target);
            const transaction = result.transaction("switchovers", "readwrite");
            transaction.objectStore("switchovers").put(text, key);
            transaction.oncomplete = () => {
              result.close();
              resolve(undefined);
            };
          };
        }),
      [KEY, text],
    );
    for (const told of [await use(page, read, KEY), await use(page, write, [KEY, record("b")])]) {
      assert.match(told.message, message);
      assert.ok(told.message.includes(KEY));
    }
    await use(page, remove, KEY);
    assert.equal(await use(page, read, KEY), undefined);
  });
}

/** Makes a database of that name and version. @type {(page: any, name: string, version: number) => Promise<void>} */
const makeDatabase = (page, name, version) =>
  page.evaluate(
    (/** @type {[string, number]} */ [name, version]) =>
      new Promise((resolve) => {
        indexedDB.open(name, version).onsuccess = ({ target }) => {
          /** @type {IDBOpenDBRequest} */ (target).result.close();
          resolve(undefined);
        };
      }),
    [name, version],
  );

test("a database of another program or of a later version is an error that says so", async (t) => {
  const [page] = await tabs(t, 1);
  await makeDatabase(page, "other", 1);
  await makeDatabase(page, "later", 7);
  const other = await use(page, write, [KEY, record("a")], { name: "other" });
  assert.match(
    other.message,
    /the database other cannot be written \(it was not made by this package/,
  );
  const later = await use(page, write, [KEY, record("a")], { name: "later" });
  assert.match(later.message, /the database later cannot be written \(.*newer version.*update/);
});

test("without space nothing is written, and the error says so", async (t) => {
  const [page] = await tabs(t, 1);
  const devtools = await page.context().newCDPSession(page);
  // Before the first write: Chromium remembers for a while how much space there is.
  await devtools.send("Storage.overrideQuotaForOrigin", { origin: url, quotaSize: 200_000 });
  assert.equal(await use(page, write, [KEY, record("a")]), undefined);
  const big = { ...accepted("a"), padding: "x".repeat(5_000_000) };
  const { message } = await use(page, write, [KEY, big]);
  assert.match(message, /cannot be written \(there is no space left for this page\)/);
  assert.deepEqual(await use(page, read, KEY), record("a"));
});

test("a page that may not store anything is told so", async (t) => {
  const [page] = await tabs(t, 1);
  await page.goto(`${url}/sandboxed`);
  const frame = page.frames().find((/** @type {any} */ frame) => frame.parentFrame());
  await frame.waitForLoadState();
  const told = await use(frame, write, [KEY, record("a")]);
  assert.match(
    told.message,
    /cannot be written \(the browser does not let this page store anything\)/,
  );
});

test("without IndexedDB, and with one that never answers, a write is refused", async (t) => {
  const [without, silent] = await tabs(t, 2);
  await without.evaluate(() =>
    Object.defineProperty(globalThis, "indexedDB", { value: undefined }),
  );
  const absent = await use(without, write, [KEY, record("a")]);
  assert.match(absent.message, /webJournal\(\) needs IndexedDB/);
  await silent.evaluate(() => Object.assign(IDBFactory.prototype, { open: () => ({}) }));
  const never = await use(silent, read, KEY);
  assert.match(never.message, /cannot be read: the browser has not answered for 10000 ms/);
});

test("in a private window the journal works as long as the window is there", async (t) => {
  const [page] = await tabs(t, 1);
  await use(page, write, [KEY, record("a")]);
  assert.deepEqual(await use(page, read, KEY), record("a"));
  const other = await tabs(t, 1);
  assert.equal(await use(other[0], read, KEY), undefined);
});

test("fileJournal says where it belongs, and options are checked", async (t) => {
  const [page] = await tabs(t, 1);
  const told = await page.evaluate(async (/** @type {string} */ module) => {
    const { fileJournal, webJournal } = await import(module);
    return [
      () => fileJournal("x"),
      () => webJournal({ name: "" }),
      () => webJournal({ name: 7 }),
    ].map((make) => {
      try {
        return make();
      } catch (error) {
        return /** @type {Error} */ (error).message;
      }
    });
  }, `${url}/journal.mjs`);
  assert.match(told[0], /for Node, Deno and Bun; in a page use webJournal/);
  assert.match(told[1], /name must be a text/);
  assert.match(told[2], /name must be a text/);
});
