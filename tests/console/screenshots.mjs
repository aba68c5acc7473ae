// @ts-check
// Takes the pictures of the console in each state, in both languages and both themes, from 320 px to 4K, into
// target/screenshots (some of them with --only en,light,320); three of them, made small, are those of the README (docs/images) when asked with --readme.
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
  "en-light-1440-report": "console-switchover",
  "zh-dark-1440-moving": "console-in-motion",
  "en-dark-1440-requests": "console-requests",
};

/** Those named after `--only`, such as `en,light,320`; all without it. @type {string[] | undefined} */
const only = process.argv[process.argv.indexOf("--only") + 1 || Infinity]?.split(",");
/** @template T @param {readonly T[]} all @param {(one: T) => unknown} name */
const wanted = (all, name) => {
  const some = all.filter((one) => only?.includes(String(name(one))));
  return some.length > 0 ? some : all;
};
const LANGUAGES = wanted(
  /** @type {const} */ ([
    ["en", "en-GB"],
    ["zh", "zh-CN"],
  ]),
  ([language]) => language,
);
const THEMES = wanted(/** @type {const} */ (["light", "dark"]), (theme) => theme);
const SIZES = wanted(
  /** @type {const} */ ([
    [320, 720],
    [768, 1024],
    [1440, 900],
    [3840, 2160],
  ]),
  ([width]) => width,
);

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("./support/emulator.mjs").Emulator} Emulator */

/** An instance of four nodes, and one whose swap takes long. @param {Emulator} emulator */
async function furnish(emulator) {
  await emulator.admin("reset", {});
  await emulator.admin("instances", {
    instance_id: instanceId(50),
    name: "four-nodes",
    replica_count: 4,
    az_codes: ["cn-north-4a", "cn-north-4b", "cn-north-4c"],
  });
}

/**
 * What a person does, with a name for each view worth a picture.
 * @param {Page} page @param {Emulator} emulator @param {(state: string) => Promise<void>} shot
 */
async function walk(page, emulator, shot) {
  const { url } = emulator;
  const at = (/** @type {number} */ n) => page.goto(`${url}/#/instances/${instanceId(n)}`);
  await connecting(page, url, shot);
  await connect(page, url);
  await page.locator(".zone.standby").nth(2).waitFor({ state: "attached" });
  await shot("instances");
  await at(99);
  await page.locator(".stage [role=alert]").waitFor();
  await shot("unknown");
  await at(5);
  await page.locator(".refusal").waitFor();
  await shot("refused");
  await at(50);
  await page.locator(".node").nth(3).waitFor();
  await shot("four-nodes");
  await page.locator("[data-swap]").click();
  await page.locator("dialog .exchange").waitFor();
  await shot("confirm-one-of");
  await page.keyboard.press("Escape");
  await switching(page, emulator, shot);
  await endings(page, emulator, shot);
  await looking(page, url, shot);
}

/** @param {Page} page @param {string} url @param {(state: string) => Promise<void>} shot */
async function connecting(page, url, shot) {
  await page.route("**/dcs/config", (route) =>
    route.fulfill({ json: { regions: ["cn-north-4"], user: "li.lei", readOnly: false } }),
  );
  await page.goto(url);
  await page.locator("form.card .offer").waitFor();
  await page.locator("form.card .note.good").waitFor();
  await shot("connect");
  await page.locator("input[name=place][value=region]").check();
  await page.locator("input[name=kind][value=temporary]").check();
  await page.locator("button[type=submit]").click();
  await page.locator(".problem").waitFor();
  await shot("connect-proxy");
  await page.locator("input[name=place][value=endpoint]").check();
  await page.locator("summary").click();
  await page.locator("input[name=endpoint]").fill("http://127.0.0.1:9");
  await page.locator("input[name=ak]").fill("EMULATORAK0000000001");
  await page.locator("input[name=sk]").fill("not-a-secret");
  await page.locator("input[name=securityToken]").fill("not-a-token");
  await page.locator("button[type=submit]").click();
  await page.locator(".problem .said").waitFor();
  await shot("connect-problem");
}

/** @param {Page} page @param {Emulator} emulator @param {(state: string) => Promise<void>} shot */
async function switching(page, { url }, shot) {
  await page.goto(`${url}/#/instances/${instanceId(1)}`);
  await page.locator("[data-swap]").click();
  await page.locator("dialog .exchange").waitFor();
  await shot("confirm");
  await page.locator("dialog .danger").click();
  await page.locator(".job").waitFor();
  await page.waitForTimeout(900);
  await shot("moving");
  await reported(page);
  await settled(page);
  await shot("report");
  await page.keyboard.press("2");
  await page.locator(".line.swap").first().click();
  await page.locator(".form:nth-child(3) .piece").last().hover();
  await shot("requests");
}

/** @param {Page} page @param {Emulator} emulator @param {(state: string) => Promise<void>} shot */
async function endings(page, emulator, shot) {
  const at = (/** @type {number} */ n) => page.goto(`${emulator.url}/#/instances/${instanceId(n)}`);
  await emulator.fault("ChangeMasterStandbyAsync", { kind: "status", status: 502, when: "after" });
  await at(2);
  await swap(page);
  await reported(page);
  await settled(page);
  await shot("report-doubt");
  await page.locator("[data-swap]").click();
  await page.locator("dialog .exchange").waitFor();
  await shot("confirm-after-doubt");
  await page.keyboard.press("Escape");
  await at(3);
  await swap(page);
  await page.locator(".job code").waitFor();
  for (const operation of ["ShowJobInfo", "ListGroupReplicationInfo"]) {
    await emulator.fault(operation, { kind: "status", status: 403 }, { times: 9 });
  }
  await reported(page);
  await settled(page);
  await shot("report-unknown");
  await fetch(`${emulator.url}/_emulator/faults`, { method: "DELETE" });
}

/** @param {Page} page @param {string} url @param {(state: string) => Promise<void>} shot */
async function looking(page, url, shot) {
  await page.goto(`${url}/#/instances`);
  await page.locator(".many select").selectOption("cn-north-4a");
  await page.locator(".plan .primary, .plan button.primary").first().waitFor();
  await page.waitForFunction(() => !document.querySelector(".plan tbody .quiet-text"));
  await shot("plan");
  await page.locator(".plan button.primary").click();
  await shot("plan-confirm");
  await page.keyboard.press("Escape");
  await page.goto(`${url}/#/history`);
  await page.locator("table").waitFor();
  await shot("history");
  await page.locator("tbody a").last().click();
  await page.locator(".report").waitFor();
  await shot("history-report");
  await page.keyboard.press("?");
  await shot("help");
}

/** Until what moves has come to rest. @param {Page} page */
const settled = (page) => page.waitForTimeout(1_200);

/** Fewer colours, which no eye misses. @param {string} from @param {string} to */
async function compress(from, to) {
  await run("pngquant", ["--force", "--speed", "1", "--strip", "--output", to, "256", from]);
  const { size } = await stat(to);
  if (size > LIMIT) throw new Error(`${to} has ${size} bytes`);
}

async function main() {
  if (!only) await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const emulator = await startEmulator(["--variety", "--instances", "3", "--job-ms", "4000"]);
  const browser = await launch({ env: await desktopFonts() });
  let count = 0;
  try {
    for (const [language, locale] of LANGUAGES) {
      for (const theme of THEMES) {
        for (const [width, height] of SIZES) {
          await furnish(emulator);
          const { page, context } = await newPage(browser, {
            locale,
            colorScheme: theme,
            viewport: { width, height },
          });
          await walk(page, emulator, async (state) => {
            const path = `${folder}${language}-${theme}-${width}-${state}.png`;
            const dialog = (await page.locator("dialog").count()) > 0;
            await page.screenshot({ path, fullPage: !dialog });
            count++;
          });
          await context.close();
          console.log(`${language} ${theme} ${width}`);
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
