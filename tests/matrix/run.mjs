// @ts-check
// `cargo xtask matrix`: the packed package in every runtime and bundler, each time in a project of its own, each time
// against the emulator. `--only WORD` runs the cases whose name has the word, `--write` makes docs/runtimes.md anew.
import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { CASES as bundlers } from "./cases/bundlers.mjs";
import { CASES as next } from "./cases/next.mjs";
import { CASES as pages } from "./cases/pages.mjs";
import { CASES as processes } from "./cases/processes.mjs";
import { CASES as types } from "./cases/types.mjs";
import { close } from "./lib/browser.mjs";
import { installTools, nodeProgram, open } from "./lib/workshop.mjs";

/**
 * @typedef {object} Case
 * @property {string} name Of the runtime or the bundler.
 * @property {string} how The package is loaded there.
 * @property {Record<string, (shop: import("./lib/workshop.mjs").Workshop) => Promise<unknown>>} checks
 *   By name; each passes, or throws what is wrong.
 */

/** @type {Case[]} */
const CASES = [...processes, ...bundlers, ...next, ...pages, ...types];

const { values } = parseArgs({
  options: { only: { type: "string", multiple: true }, write: { type: "boolean" } },
});
const wanted = (/** @type {Case} */ { name }) =>
  !values.only || values.only.some((word) => name.toLowerCase().includes(word.toLowerCase()));

/** What wrangler and webpack's command line need. */
const TOOLS_NODE = 22;

const start = performance.now();
await installTools();
if (Number.parseInt(process.versions.node) < TOOLS_NODE) {
  const node = nodeProgram(TOOLS_NODE);
  const PATH = `${dirname(node)}:${process.env.PATH}`;
  const env = { ...process.env, PATH };
  const { status } = spawnSync(node, process.argv.slice(1), { stdio: "inherit", env });
  process.exit(status ?? 1);
}
const seconds = (/** @type {number} */ since) =>
  `${((performance.now() - since) / 1000).toFixed(1)} s`;
const shop = await open();
console.log(`tools and package: ${seconds(start)}`);
let passed = 0;
let failed = 0;
for (const { name, checks } of CASES.filter(wanted)) {
  for (const [check, run] of Object.entries(checks)) {
    const since = performance.now();
    let fault;
    try {
      await run(shop);
      passed++;
    } catch (error) {
      failed++;
      fault = error instanceof Error ? error.message : String(error);
    }
    console.log(
      `${fault ? "FAILED" : "passed"}  ${name.padEnd(36)} ${check.padEnd(36)} ${seconds(since)}`,
    );
    if (fault) console.log(fault.replace(/^/gm, "        "));
  }
}
await close();
console.log(`${seconds(start)}`);
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exitCode = failed > 0 ? 1 : 0;
