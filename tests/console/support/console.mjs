// @ts-check
// The console in a real browser, as a person uses it: by labels, roles and keys.
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { FLAGS, PROGRAM } from "../../chromium.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("playwright-core").BrowserContextOptions} ContextOptions */

export const AK = "EMULATORAK0000000001";
export const SK = "emulator-sk-not-a-secret-000000000001";

/** @param {{ env?: Record<string, string> }} [options] */
export function launch({ env } = {}) {
  return chromium.launch({
    executablePath: PROGRAM,
    args: [...FLAGS, "--host-resolver-rules=MAP console.test 127.0.0.1"],
    env: { ...process.env, ...env },
  });
}

/**
 * A page whose complaints are kept: errors, and what its policy refused.
 * @param {import("playwright-core").Browser} browser
 * @param {ContextOptions} [options]
 */
export async function newPage(browser, options) {
  const context = await browser.newContext({ locale: "en-GB", ...options });
  const page = await context.newPage();
  /** @type {string[]} */
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(`${error}`));
  page.on("console", (message) => {
    // What a fault of the emulator, or a page that is not secure, makes the browser say is meant.
    const meant =
      /Failed to load resource|blocked by CORS policy|Cross-Origin-Opener-Policy header/.test(
        message.text(),
      );
    if (message.type() === "error" && !meant) complaints.push(message.text());
  });
  return { page, context, complaints };
}

/**
 * Fills in the form for an emulator, by hand as a user would.
 * @param {Page} page
 * @param {string} url
 */
export async function fillEndpoint(page, url) {
  await page.locator("input[name=place][value=endpoint]").check();
  await page.locator("input[name=endpoint]").fill(url);
  await page.locator("input[name=region]").fill("cn-north-4");
  await page.locator("input[name=iamEndpoint]").fill(url);
}

/**
 * Opens the console of an emulator, at an instance if one is named, and connects with its test key.
 * @param {Page} page
 * @param {string} url
 * @param {string} [instanceId]
 */
export async function connect(page, url, instanceId) {
  await page.goto(`${url}/${instanceId ? `#/instances/${instanceId}` : ""}`);
  await fillIn(page);
  if (instanceId) await page.locator(".stage .about").waitFor();
}

/**
 * Connects a page that shows the form.
 * @param {Page} page
 */
export async function fillIn(page) {
  await page.locator(".offer button").click();
  await page.locator("button[type=submit]").click();
  await page.locator(".session").waitFor();
}

/**
 * Confirms a swap of the instance that is shown.
 * @param {Page} page
 */
export async function swap(page) {
  await page.locator("[data-swap]").click();
  await page.locator("dialog .exchange").waitFor();
  // After a doubt it takes a second yes.
  const settled = page.locator("dialog input[type=checkbox]");
  if (await settled.count()) await settled.check();
  await page.locator("dialog .danger").click();
}

/**
 * Waits for the report.
 * @param {Page} page
 */
export async function reported(page) {
  const report = page.locator(".report");
  await report.waitFor({ timeout: 90_000 });
  return report;
}

/**
 * Fonts of a usual desktop for the pictures, where they are installed: a bare machine's system font is none that a
 * user has.
 * @returns {Promise<Record<string, string>>}
 */
export async function desktopFonts() {
  const folder = await mkdtemp(join(tmpdir(), "console-fonts-"));
  const file = join(folder, "fonts.conf");
  const prefer = (/** @type {string} */ generic, /** @type {string[]} */ families) => `
    <match target="pattern">
      <test name="family"><string>${generic}</string></test>
      <edit name="family" mode="prepend" binding="strong">
        ${families.map((family) => `<string>${family}</string>`).join("")}
      </edit>
    </match>`;
  await writeFile(
    file,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
    <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
    ${prefer("system-ui", ["Inter", "Noto Sans", "Noto Sans CJK SC"])}
    ${prefer("sans-serif", ["Inter", "Noto Sans", "Noto Sans CJK SC"])}
    ${prefer("sans", ["Inter", "Noto Sans", "Noto Sans CJK SC"])}
    ${prefer("ui-monospace", ["JetBrains Mono", "Noto Sans Mono", "DejaVu Sans Mono"])}
    </fontconfig>`,
  );
  return { FONTCONFIG_FILE: file };
}

/**
 * The text of a file that a button makes the browser save.
 * @param {Page} page
 * @param {string} button
 */
export async function download(page, button) {
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: button }).click(),
  ]);
  return readFile(await saved.path(), "utf8");
}
