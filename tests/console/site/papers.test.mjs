// @ts-check
// The pages of the papers, opened as files: links, search, what a screen reader meets, and narrow screens.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, posix } from "node:path";
import { test } from "node:test";
import { SITE, fileOf, files, offline, papers } from "./site.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = offline();

test("every link leads to a page that is there, and to an anchor in it", () => {
  assert.ok(papers.length > 20);
  const texts = new Map(papers.map((name) => [name, readFileSync(join(SITE, name), "utf8")]));
  const wrong = [];
  for (const [name, text] of texts) {
    for (const [, target = ""] of text.matchAll(/ (?:href|src)="([^"]*)"/g)) {
      if (/^(https:|data:)/.test(target)) continue;
      const [path = "", anchor] = target.split("#");
      const to = path === "" ? name : posix.normalize(posix.join(posix.dirname(name), path));
      const page = texts.get(to);
      const found = page === undefined ? files.includes(to) && !anchor : true;
      const there = !anchor || page?.includes(` id="${decodeURIComponent(anchor)}"`);
      if (!found || !there) wrong.push(`${name}: ${target}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test("a paper names no file that only the project has as a link", () => {
  const text = readFileSync(join(SITE, "ARCHITECTURE.html"), "utf8");
  assert.match(text, /src\/js/);
  assert.doesNotMatch(text, /href="[^"]*\.(rs|mjs|toml)"/);
});

/** @type {[from: string, query: string, result: RegExp, to: RegExp][]} */
const SEARCHES = [
  ["index.html", "idempotency", /back end/i, /back-end\.html#/],
  ["docs/emulator.html", "drop_after", /Faults/, /docs\/emulator\.html#faults$/],
  ["docs/switchover.html", "expectedMaster goal", /Goal/, /docs\/switchover\.html#goal/],
  ["index.html", "swtichover", /switchover/i, /switchover/],
  ["index.zh-CN.html", "流量控制", /重发|保证/, /switchover\.zh-CN\.html#/],
  ["docs/switchover.zh-CN.html", "意图记录", /意图记录/, /switchover\.zh-CN\.html#/],
];
for (const [from, query, result, to] of SEARCHES) {
  test(`"${query}" is found from ${from}, without a server`, async () => {
    const { page, complaints, asked } = await browser.page();
    await page.goto(fileOf(from));
    await page.keyboard.press("/");
    await page.keyboard.type(query);
    const first = page.locator("#found [role=option]").first();
    await first.waitFor();
    assert.match(await first.innerText(), result);
    await page.keyboard.press("Enter");
    await page.waitForURL(to);
    assert.deepEqual(complaints, []);
    assert.deepEqual(asked, []);
  });
}

test("what is nowhere is said not to be found, and Escape closes the list", async () => {
  const { page } = await browser.page();
  await page.goto(fileOf("index.html"));
  await page.locator("#query").fill("zzzzqqqq");
  await page.getByText("Nothing was found.").waitFor();
  await page.keyboard.press("Escape");
  assert.ok(await page.locator("#found").isHidden());
});

test("text that looks like HTML is shown as text by the search", async () => {
  const { page, complaints } = await browser.page();
  await page.goto(fileOf("docs/csp.html"));
  await page.locator("#query").fill("script meta");
  await page.locator("#found [role=option]").first().waitFor();
  assert.equal(await page.locator("#found script, #found meta").count(), 0);
  assert.deepEqual(complaints, []);
});

for (const width of [320, 1440]) {
  test(`no page is wider than ${width} px, and none prints an error`, async () => {
    const { page, complaints, asked } = await browser.page({ viewport: { width, height: 800 } });
    const wide = [];
    for (const name of papers) {
      await page.goto(fileOf(name));
      const shown = await page.evaluate(() => document.documentElement.scrollWidth);
      if (shown > width) wide.push(`${name}: ${shown}`);
    }
    assert.deepEqual(wide, []);
    assert.deepEqual(complaints, []);
    assert.deepEqual(asked, []);
  });
}

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  test(`axe has nothing to say of the pages, ${colorScheme}`, async () => {
    const { page, context } = await browser.page({ colorScheme });
    // The page's policy holds back a script from outside; this one is the browser's own.
    await context.addInitScript(AXE);
    for (const name of ["index.html", "docs/switchover.zh-CN.html", "docs/troubleshooting.html"]) {
      await page.goto(fileOf(name));
      await page.locator("#query").fill("job");
      await page.locator("#found [role=option]").first().waitFor();
      const violations = await page.evaluate(async () => {
        const { axe } = /** @type {any} */ (globalThis);
        const { violations } = await axe.run();
        return violations.map((/** @type {any} */ one) => [
          one.id,
          one.nodes.slice(0, 3).map((/** @type {any} */ node) => node.html.slice(0, 120)),
        ]);
      });
      assert.deepEqual(violations, [], name);
    }
  });
}

test("the reference of the types opens as a file too", async () => {
  const { page, asked } = await browser.page();
  await page.goto(fileOf("index.html"));
  await page.getByRole("link", { name: "API reference" }).click();
  // Its own search finds what it documents, without a server too.
  await page.locator("#tsd-search-trigger").click();
  await page.locator("#tsd-search-input").pressSequentially("DcsClient");
  await page.locator("#tsd-search-results a").first().waitFor();
  assert.deepEqual(asked, []);
});
