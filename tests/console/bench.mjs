// @ts-check
// How fast the console is with many instances: from Connect to the first rows, until all are there, and a filter. It
// measures and fails nothing: figures of a busy machine say little.
import { launch, newPage } from "./support/console.mjs";
import { startEmulator } from "./support/emulator.mjs";

const INSTANCES = 500;
const RUNS = 5;

/** @param {number[]} times */
const median = (times) => [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;

/**
 * Does something in the page, and measures until so many rows are drawn.
 * @param {import("playwright-core").Page} page @param {string} css @param {string} text @param {number} rows
 */
function until(page, css, text, rows) {
  return page.evaluate(
    async ({ css, text, rows }) => {
      const element = document.querySelector(css);
      const started = performance.now();
      if (element instanceof HTMLInputElement) {
        element.value = text;
        element.dispatchEvent(new InputEvent("input", { bubbles: true }));
      } else if (element instanceof HTMLElement) element.click();
      const drawn = () => document.querySelectorAll("#instances-list a").length;
      while (drawn() !== rows) {
        if (performance.now() - started > 20_000) throw new Error(`${drawn()} rows, not ${rows}`);
        await new Promise(requestAnimationFrame);
      }
      return performance.now() - started;
    },
    { css, text, rows },
  );
}

async function main() {
  const emulator = await startEmulator(["--instances", String(INSTANCES)]);
  const browser = await launch();
  /** @type {Record<string, number[]>} */
  const times = { "first rows": [], "a filter": [], "the filter taken away": [] };
  try {
    for (let n = 0; n < RUNS; n++) {
      const { page, context } = await newPage(browser);
      await page.goto(emulator.url);
      await page.locator(".offer button").click();
      await page.waitForFunction(() => document.activeElement?.textContent === "Connect");
      times["first rows"]?.push(await until(page, "button[type=submit]", "", 100));
      await page.getByText(`of ${INSTANCES}`).waitFor();
      await page.waitForFunction(() => !document.querySelector("[aria-busy=true]"));
      times["a filter"]?.push(await until(page, "#filter", "emulator-499", 1));
      times["the filter taken away"]?.push(await until(page, "#filter", "", 100));
      await context.close();
    }
  } finally {
    await browser.close();
    await emulator.end();
  }
  for (const [what, list] of Object.entries(times)) {
    console.log(`${what.padEnd(24)} ${median(list).toFixed(0).padStart(6)} ms`);
  }
}

await main();
