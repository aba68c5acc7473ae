// @ts-check
// Whoever uses it, and however: screen readers, keyboards, languages, themes, narrow and wide windows.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";
import assert from "node:assert/strict";
import { connect, reported, swap } from "../support/console.mjs";
import { instanceId } from "../support/emulator.mjs";
import { room } from "../support/room.mjs";

const console = room(["--variety", "--job-ms", "600"]);
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** @typedef {import("playwright-core").Page} Page */

/** @param {Page} page @param {string} state */
async function hasNoViolation(page, state) {
  await page.evaluate(axe);
  const violations = await page.evaluate(async () => {
    const { axe } = /** @type {any} */ (window);
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const { violations } = await axe.run(document, { runOnly: tags });
    return violations.map((/** @type {any} */ one) => {
      const nodes = one.nodes.map(
        (/** @type {any} */ node) => `${node.html} ${node.failureSummary}`,
      );
      return `${one.id}: ${nodes.join("\n")}`;
    });
  });
  assert.deepEqual(violations, [], state);
}

/** Leads a page through its states. @param {Page} page @param {(state: string) => Promise<void>} look */
async function everyState(page, look) {
  const { url } = console.emulator;
  await console.emulator.admin("instances", {
    instance_id: instanceId(50),
    name: "four-nodes",
    replica_count: 4,
    az_codes: ["cn-north-4a", "cn-north-4b", "cn-north-4c"],
  });
  await page.goto(url);
  await page.locator("form.card .offer").waitFor();
  await look("connect");
  await page.locator("input[name=place][value=endpoint]").check();
  await page.locator("input[name=kind][value=temporary]").check();
  await page.locator("summary").click();
  await look("connect, everything open");
  await page.locator("input[name=endpoint]").fill("http://127.0.0.1:9");
  await page.locator("button[type=submit]").click();
  await page.locator(".problem").waitFor();
  await look("connect, with a problem");
  await connect(page, url);
  await page.locator(".zone.standby").first().waitFor();
  await look("instances");
  await page.goto(`${url}/#/instances/${instanceId(2)}`);
  await look("an instance that cannot be swapped");
  await page.goto(`${url}/#/instances/${instanceId(1)}`);
  await page.locator("[data-swap]").click();
  await page.locator("dialog .exchange").waitFor();
  await look("confirm");
  await page.locator("dialog .danger").click();
  await page.locator(".motion").waitFor();
  await look("under way");
  await reported(page);
  await look("report");
  await page.goto(`${url}/#/instances/${instanceId(50)}`);
  await page.locator(".node").nth(3).waitFor();
  await look("four nodes");
  await page.locator("[data-swap]").click();
  await page.locator("dialog .exchange li").nth(2).waitFor();
  await look("one of three");
  await page.keyboard.press("Escape");
  await page.goto(`${url}/#/instances/${instanceId(99)}`);
  await page.locator(".stage [role=alert]").waitFor();
  await look("unknown");
  await page.goto(`${url}/#/instances`);
  await page.locator(".many input").check();
  await look("all chosen");
  await page.locator(".many button").click();
  await page.locator(".plan .primary:not([disabled])").waitFor();
  await look("plan");
  await page.keyboard.press("2");
  await page.locator(".line.swap").first().click();
  await page.locator(".piece").first().focus();
  await look("requests");
  await page.keyboard.press("3");
  await page.locator("table").waitFor();
  await look("history");
  await page.locator("tbody a").first().click();
  await page.locator(".report").waitFor();
  await look("past report");
  await page.keyboard.press("?");
  await page.locator("dialog").waitFor();
  await look("help");
}

for (const locale of ["en-GB", "zh-CN"]) {
  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    test(`axe finds no violation: ${locale}, ${colorScheme}`, async () => {
      // Without motion: a colour that is on its way is neither the old one nor the new one.
      const page = await console.page({ locale, colorScheme, reducedMotion: "reduce" });
      await everyState(page, (state) => hasNoViolation(page, state));
    });
  }
}

/**
 * What is torn apart or cut: zones and addresses on two lines, labels of choices that do not fit, tables wider than their
 * place, titles of dialogs out of sight.
 * @param {Page} page
 */
const brokenOrCut = (page) =>
  page.evaluate(() => {
    /** @type {string[]} */
    const found = [];
    const shown = (/** @type {Element} */ one) => one.checkVisibility();
    for (const one of document.querySelectorAll(".zone, .node .ip, .exchange code, .operation")) {
      if (!shown(one)) continue;
      const texts = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
      const lines = new Set();
      while (texts.nextNode()) {
        // What only a screen reader gets has no line.
        if (texts.currentNode.parentElement?.closest(".sr-only")) continue;
        const words = document.createRange();
        words.selectNodeContents(texts.currentNode);
        for (const { top, width } of words.getClientRects())
          if (width > 1) lines.add(Math.round(top / 4));
      }
      // An operation may go on in the next line, between its words.
      if (lines.size > 1 && !one.querySelector("wbr"))
        found.push(`${one.className}: ${one.textContent}`);
    }
    for (const select of document.querySelectorAll("header.bar select")) {
      const probe = document.createElement("canvas").getContext("2d");
      if (!probe || !shown(select)) continue;
      const { font, paddingLeft } = getComputedStyle(select);
      probe.font = font;
      const [option] = /** @type {HTMLSelectElement} */ (select).selectedOptions;
      const needed = probe.measureText(option?.textContent ?? "").width + parseFloat(paddingLeft);
      if (needed > select.clientWidth) found.push(`select: ${option?.textContent}`);
    }
    for (const region of document.querySelectorAll(".scroll")) {
      if (shown(region) && region.scrollWidth > region.clientWidth)
        found.push(`table, ${region.scrollWidth} px wide in ${region.clientWidth}`);
    }
    const title = document.querySelector("dialog[open] h2");
    document.querySelector("dialog[open] .dialog-body")?.scrollTo(0, 9_999);
    if (title && title.getBoundingClientRect().top < 0) found.push("title of the dialog");
    return found;
  });

for (const width of [320, 768, 1440, 3840]) {
  test(`nothing is cut off or overlaps the edge at ${width} px`, async () => {
    for (const locale of ["en-GB", "zh-CN"]) {
      await console.emulator.admin("reset", {});
      const page = await console.page({ locale, viewport: { width, height: 900 } });
      await everyState(page, async (state) => {
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= width, `${state} in ${locale} is ${wide} px wide`);
        assert.deepEqual(await brokenOrCut(page), [], `${state} in ${locale}`);
      });
    }
  });
}

test("everything can be done with the keyboard alone", async () => {
  const page = await console.page();
  await page.goto(console.emulator.url);
  await page.locator("form.card .offer").waitFor();
  /** Goes on with Tab until the focus is on what is meant. @param {RegExp} text */
  const tabTo = async (text) => {
    for (let n = 0; n < 60; n++) {
      await page.keyboard.press("Tab");
      const name = await page.evaluate(() => {
        const focused = document.activeElement;
        return `${focused?.getAttribute("name") ?? ""} ${focused?.textContent ?? ""}`;
      });
      if (text.test(name)) return;
    }
    assert.fail(`${text} cannot be reached`);
  };
  await page.keyboard.press("Tab");
  assert.match(await page.evaluate(() => document.activeElement?.textContent ?? ""), /Skip/);
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "content");
  await tabTo(/Fill in its test key/);
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement?.textContent === "Connect");
  await page.keyboard.press("Enter");
  await page.locator(".session").waitFor();
  await page.locator(".zone.standby").nth(2).waitFor();
  await tabTo(/dcs-emulator-1RUNNING|dcs-emulator-1 RUNNING|^ dcs-emulator-1/);
  await page.keyboard.press("ArrowDown");
  assert.match(await page.evaluate(() => document.activeElement?.textContent ?? ""), /dcs-single/);
  await page.keyboard.press("k");
  await page.keyboard.press("Enter");
  await page.locator("[data-swap]").waitFor();
  await tabTo(/Swap master and standby/);
  await page.keyboard.press("Enter");
  // The safe choice has the focus.
  await page.waitForFunction(() => document.activeElement?.textContent === "Cancel");
  await page.locator("dialog .danger:not([disabled])").waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await reported(page);
  await page.waitForFunction(() => document.activeElement?.id === "report-title");
  await page.keyboard.press("2");
  await page.getByRole("heading", { name: "Requests" }).waitFor();
  await page.keyboard.press("3");
  await page.getByRole("heading", { name: "History" }).waitFor();
  assert.equal((await console.emulator.truth(instanceId(1))).swaps_run, 1);
});

test("a screen reader is told how it goes", async () => {
  const page = await console.page();
  await connect(page, console.emulator.url, instanceId(1));
  await swap(page);
  await reported(page);
  const log = page.getByRole("log");
  const alert = page.locator(".sr-only > [role=alert]");
  assert.match(await log.innerText(), /dcs-emulator-1: Swapped/);
  const all = await log.innerText();
  for (const text of [
    "7 instances read",
    "Phase: Swap.",
    "Phase: Job.",
    "The job is SUCCESS.",
    "dcs-emulator-1: Swapped",
  ]) {
    assert.ok(all.includes(text), `${text} in ${all}`);
  }
  await console.emulator.fault("ChangeMasterStandbyAsync", {
    kind: "status",
    status: 400,
    error_code: "DCS.4086",
    error_msg: "This operation is not supported.",
  });
  await page.getByRole("button", { name: "Dismiss" }).click();
  await swap(page);
  await reported(page);
  assert.notEqual(await alert.innerText(), "", "what went wrong is told at once");
});

test("the language follows the browser, can be changed, and is remembered", async () => {
  const page = await console.page({ locale: "zh-CN" });
  await page.goto(console.emulator.url);
  await page.getByRole("heading", { name: "切换主备，全程可见。" }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), "zh-CN");
  assert.equal(await page.title(), "DCS 主备切换控制台");
  await page.getByRole("button", { name: "EN" }).click();
  await page.getByRole("heading", { name: "Swap master and standby. Watch it happen." }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "Swap master and standby. Watch it happen." }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), "en");
});

test("the language can be changed in mid-switchover", async () => {
  const page = await console.page();
  await connect(page, console.emulator.url, instanceId(1));
  await swap(page);
  await page.getByRole("button", { name: "中文" }).click();
  await reported(page);
  await page.getByRole("heading", { name: "已切换", exact: true }).waitFor();
});

test("the theme follows the system, can be changed, and is remembered", async () => {
  const page = await console.page({ colorScheme: "dark" });
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.goto(console.emulator.url);
  await page.locator("form.card").waitFor();
  const dark = await background();
  await page.getByRole("combobox", { name: "Theme" }).selectOption("light");
  const light = await background();
  assert.notEqual(light, dark);
  await page.reload();
  await page.locator("form.card").waitFor();
  assert.equal(await background(), light);
});

test("without a wish for motion nothing moves", async () => {
  const page = await console.page({ reducedMotion: "reduce" });
  await connect(page, console.emulator.url, instanceId(1));
  await swap(page);
  await page.locator(".motion").waitFor();
  const moving = await page.evaluate(
    () => document.getAnimations().filter((one) => one.playState === "running").length,
  );
  assert.equal(moving, 0);
  await reported(page);
});
