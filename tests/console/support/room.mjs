// @ts-check
// What the tests of one file share: a browser, an emulator that is put back before each test, and pages whose
// complaints fail the test.
import { after, afterEach, before, beforeEach } from "node:test";
import assert from "node:assert/strict";
import { launch, newPage } from "./console.mjs";
import { startEmulator } from "./emulator.mjs";

/**
 * @param {string[]} [args] Of the emulator.
 */
export function room(args = ["--variety"]) {
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {import("./emulator.mjs").Emulator} */
  let emulator;
  /** @type {Awaited<ReturnType<typeof newPage>>[]} */
  let pages = [];
  before(async () => {
    [browser, emulator] = await Promise.all([launch(), startEmulator(args)]);
  });
  beforeEach(async () => {
    await emulator.admin("reset", {});
  });
  afterEach(async () => {
    const complaints = pages.flatMap((page) => page.complaints);
    await Promise.all(pages.map(({ context }) => context.close()));
    pages = [];
    assert.deepEqual(complaints, [], "the page complained");
  });
  after(async () => {
    await browser?.close();
    await emulator?.end();
  });
  return {
    get emulator() {
      return emulator;
    },
    /** Complaints that a test meant to bring about: they are taken out. */
    forgive() {
      return pages.flatMap(({ complaints }) => complaints.splice(0));
    },
    /** @param {import("playwright-core").BrowserContextOptions} [options] */
    async page(options) {
      const made = await newPage(browser, options);
      pages.push(made);
      return made.page;
    },
  };
}
