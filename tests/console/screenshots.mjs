// @ts-check
// Takes the pictures of the console in each state, in both languages and both themes, wide and narrow, into
// target/screenshots; three of them, made small, are those of the README (docs/images) when asked with --readme.
import { execFile } from "node:child_process";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { connect, desktopFonts, launch, newPage, reported, swap } from "./support/console.mjs";
import { instanceId, startEmulator } from "./support/emulator.mjs";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = `${root}target/screenshots/`;
/** Bytes that a picture of the README may have. */
const LIMIT = 200_000;
/** Pictures of the README, by the name of the variant and the state. */
const README = {
  "en-light-wide-report": "console-switchover",
  "zh-dark-wide-moving": "console-in-motion",
  "en-dark-wide-requests": "console-requests",
};

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("./support/emulator.mjs").Emulator} Emulator */

/** What a person does, with a name for each view worth a picture.
 * @param {Page} page @param {Emulator} emulator @param {(state: string) => Promise<void>} shot
 */
async function walk(page, emulator, shot) {
  const { url } = emulator;
  const settled = () => page.waitForTimeout(1_200);
  await page.goto(url);
  await page.locator("form.card .offer").waitFor();
  await shot("connect");
  await page.locator("input[name=place][value=endpoint]").check();
  await page.locator("input[name=kind][value=temporary]").check();
  await page.locator("summary").click();
  await page.locator("input[name=endpoint]").fill("http://127.0.0.1:9");
  await page.locator("button[type=submit]").click();
  await page.locator(".problem").waitFor();
  await shot("connect-problem");
  await connect(page, url);
  await page.locator(".zone.standby").nth(4).waitFor({ state: "attached" });
  await shot("instances");
  await page.goto(`${url}/#/instances/${instanceId(5)}`);
  await shot("refused");
  await page.goto(`${url}/#/instances/${instanceId(1)}`);
  await page.locator(".stage > .actions .primary").click();
  await shot("confirm");
  await page.locator("dialog .danger").click();
  await page.locator(".job").waitFor();
  await page.waitForTimeout(900);
  await shot("moving");
  await reported(page);
  await settled();
  await shot("report");
  await page.keyboard.press("2");
  await page.locator(".line.swap").first().click();
  await page.locator(".form:nth-child(3) .piece").last().hover();
  await shot("requests");
  await page.keyboard.press("1");
  await emulator.fault("ChangeMasterStandbyAsync", { kind: "status", status: 502, when: "after" });
  await page.goto(`${url}/#/instances/${instanceId(2)}`);
  await swap(page);
  await reported(page);
  await settled();
  await shot("report-lost");
  await emulator.fault("ShowJobInfo", { kind: "status", status: 403 }, { times: 20 });
  await page.goto(`${url}/#/instances/${instanceId(3)}`);
  await swap(page);
  await reported(page);
  await settled();
  await shot("report-unknown");
  await page.keyboard.press("3");
  await page.locator("table").waitFor();
  await shot("history");
  await page.keyboard.press("?");
  await shot("help");
}

/** Fewer colours, which no eye misses. @param {string} from @param {string} to */
async function compress(from, to) {
  await run("pngquant", ["--force", "--speed", "1", "--strip", "--output", to, "256", from]);
  const { size } = await stat(to);
  if (size > LIMIT) throw new Error(`${to} has ${size} bytes`);
}

async function main() {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const emulator = await startEmulator(["--variety", "--instances", "3", "--job-ms", "2000"]);
  const browser = await launch({ env: await desktopFonts() });
  let count = 0;
  try {
    for (const [language, locale] of /** @type {const} */ ([
      ["en", "en-GB"],
      ["zh", "zh-CN"],
    ])) {
      for (const theme of /** @type {const} */ (["light", "dark"])) {
        for (const [size, width, height] of /** @type {const} */ ([
          ["wide", 1440, 900],
          ["narrow", 320, 720],
        ])) {
          await emulator.admin("reset", {});
          const { page, context } = await newPage(browser, {
            locale,
            colorScheme: theme,
            viewport: { width, height },
          });
          await walk(page, emulator, async (state) => {
            const path = `${folder}${language}-${theme}-${size}-${state}.png`;
            const dialog = (await page.locator("dialog").count()) > 0;
            await page.screenshot({ path, fullPage: !dialog });
            count++;
          });
          await context.close();
          console.log(`${language} ${theme} ${size}`);
        }
      }
    }
  } finally {
    await browser.close();
    await emulator.end();
  }
  console.log(`${count} pictures in target/screenshots`);
  if (process.argv.includes("--readme")) {
    for (const [from, to] of Object.entries(README)) {
      const made = `${folder}${to}.png`;
      await compress(`${folder}${from}.png`, made);
      await rename(made, `${root}docs/images/${to}.png`);
      console.log(`docs/images/${to}.png`);
    }
  }
}

await main();
