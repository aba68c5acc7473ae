// @ts-check
// How Chromium is started by what drives it here: as the browser tests start it (webdriver.json), so that it runs without
// a sandbox, which a container has not, and calls nobody.
import { readFileSync } from "node:fs";

/** @type {string[]} */
const args = JSON.parse(readFileSync(new URL("../webdriver.json", import.meta.url), "utf8"))[
  "goog:chromeOptions"
].args;

/** Without `--headless`: what drives Chromium sets that. */
export const FLAGS = args.filter((flag) => flag !== "--headless");

export const PROGRAM = process.env.CHROMIUM ?? "/usr/bin/chromium";
